//! How wide the terminal is.

/// The columns of the terminal that a stream is: `COLUMNS` knows better. None where it is no terminal.
pub(crate) fn of(stream: &StandardStream) -> Option<usize> {
    let is_terminal = match stream {
        StandardStream::Out => std::io::IsTerminal::is_terminal(&std::io::stdout()),
        StandardStream::Err => std::io::IsTerminal::is_terminal(&std::io::stderr()),
    };
    if is_terminal { said().or_else(|| asked(stream)) } else { None }
}

/// What `COLUMNS` says.
pub(crate) fn said() -> Option<usize> {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0)
}

/// One of the two streams that are printed to.
pub(crate) enum StandardStream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

#[cfg(unix)]
fn asked(stream: &StandardStream) -> Option<usize> {
    let size = match stream {
        StandardStream::Out => rustix::termios::tcgetwinsize(std::io::stdout()),
        StandardStream::Err => rustix::termios::tcgetwinsize(std::io::stderr()),
    };
    size.ok().map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn asked(_: &StandardStream) -> Option<usize> {
    None
}
