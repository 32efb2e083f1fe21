//! Two sides of what differs, each under its name: `live` and `stack`, or two stages.

use super::style::Style;
use crate::strangers::inline;

/// A part that differs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SideRow {
    /// The part's path in the stack.
    pub(super) path: String,
    /// As it is on the first side; nothing where it is not there.
    pub(super) left: Option<String>,
    /// As it is on the second side.
    pub(super) right: Option<String>,
    /// A remark about the part.
    pub(super) note: Option<String>,
}

/// What stands for a side that has nothing.
const NOTHING: &str = "nothing";

/// Between two columns.
const GAP: usize = 3;

/// Rows in columns under the names of the sides, in this many columns of a terminal. What has no room in that stands
/// below, each side on a line of its own.
pub(super) fn sides(titles: (&str, &str), rows: &[SideRow], width: usize, style: Style) -> Vec<String> {
    let texts: Vec<[String; 4]> = rows.iter().map(texts).collect();
    let titled = [String::new(), titles.0.to_owned(), titles.1.to_owned(), String::new()];
    let mut short: Vec<&[String; 4]> = texts.iter().collect();
    let column = |rows: &[&[String; 4]], place: usize| {
        rows.iter().map(|row| length(&row[place])).chain([length(&titled[place])]).max().unwrap_or_default()
    };
    let columns = loop {
        let columns = [column(&short, 0), column(&short, 1), column(&short, 2)];
        let longest = short.iter().enumerate().max_by_key(|(_, row)| row.iter().take(3).map(|text| length(text)).max());
        // The longest of all makes the columns of the others too wide.
        match longest.map(|(place, _)| place) {
            Some(place) if columns.iter().sum::<usize>() + 2 * GAP > width => drop(short.remove(place)),
            _ => break columns,
        }
    };
    let long = texts.iter().filter(|row| !short.iter().any(|other| std::ptr::eq(*other, *row)));
    let mut lines = Vec::new();
    if !short.is_empty() {
        lines.push(style.dim(line(&titled, columns).trim_end()));
    }
    for row in &short {
        let plain = line(row, columns);
        match row[3].as_str() {
            "" => lines.push(plain.trim_end().to_owned()),
            note if length(&plain) + length(note) <= width => lines.push(format!("{plain}{}", style.dim(note))),
            note => lines.extend([plain.trim_end().to_owned(), style.dim(&format!("  {note}"))]),
        }
    }
    for row in long {
        stacked(&mut lines, titles, row, width, style);
    }
    lines
}

fn texts(row: &SideRow) -> [String; 4] {
    let side =
        |side: &Option<String>| side.as_ref().map_or_else(|| NOTHING.to_owned(), |text| inline(text).into_owned());
    let note = row.note.as_ref().map(|note| format!("({})", inline(note)));
    [inline(&row.path).into_owned(), side(&row.left), side(&row.right), note.unwrap_or_default()]
}

/// How wide a text is.
fn length(text: &str) -> usize {
    text.chars().count()
}

fn line(row: &[String; 4], columns: [usize; 3]) -> String {
    let mut line = String::new();
    for (text, column) in row.iter().zip(columns) {
        line.push_str(text);
        line.push_str(&" ".repeat(column.saturating_sub(length(text)) + GAP));
    }
    line
}

fn stacked(lines: &mut Vec<String>, titles: (&str, &str), row: &[String; 4], width: usize, style: Style) {
    let [path, left, right, note] = row;
    let note = if note.is_empty() { String::new() } else { format!("   {}", style.dim(note)) };
    lines.push(format!("{path}{note}"));
    let column = length(titles.0).max(length(titles.1)) + 2;
    let most = if style.verbose { usize::MAX } else { width.saturating_sub(column + GAP).max(24) };
    let (left, right) = in_sight(left, right, most);
    for (title, text) in [(titles.0, left), (titles.1, right)] {
        let space = " ".repeat(column.saturating_sub(length(title) + 2) + GAP);
        lines.push(format!("  {}{space}{text}", style.dim(title)));
    }
}

/// Characters that are still shown before the first that differs.
const BEFORE: usize = 12;

/// Two texts, cut so that what differs is in sight.
fn in_sight(left: &str, right: &str, most: usize) -> (String, String) {
    let alike = left.chars().zip(right.chars()).take_while(|(a, b)| a == b).count();
    let longest = length(left).max(length(right));
    let skip = if longest > most && alike + BEFORE > most { alike.saturating_sub(BEFORE) } else { 0 };
    (cut(left, skip, most), cut(right, skip, most))
}

fn cut(text: &str, skip: usize, most: usize) -> String {
    let rest = text.chars().skip(skip);
    let before = if skip > 0 { "…" } else { "" };
    let room = most.saturating_sub(length(before));
    if rest.clone().count() <= room {
        return format!("{before}{}", rest.collect::<String>());
    }
    format!("{before}{}…", rest.take(room.saturating_sub(1)).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { color: false, width: 80, verbose: false };

    fn row(path: &str, left: &str, right: &str, note: &str) -> SideRow {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        SideRow { path: path.to_owned(), left: some(left), right: some(right), note: some(note) }
    }

    #[test]
    fn each_side_stands_under_its_name() {
        let rows = [row("rollout", "25%", "10%", ""), row("description", "\"a\"", "", "theirs")];
        assert_eq!(
            sides(("live", "stack"), &rows, 60, PLAIN),
            ["              live   stack", "rollout       25%    10%", "description   \"a\"    nothing   (theirs)",]
        );
    }

    #[test]
    fn what_has_no_room_stands_below_with_what_differs_in_sight() {
        let long = "What people think of us, once they are set up and have asked a colleague: ".to_owned();
        let rows = [row("rollout", "25%", "10%", ""), row("text", &(long.clone() + "monthly"), &(long + "yearly"), "")];
        assert_eq!(
            sides(("live", "stack"), &rows, 40, PLAIN),
            [
                "          live   stack",
                "rollout   25%    10%",
                "text",
                "  live    … colleague: monthly",
                "  stack   … colleague: yearly",
            ]
        );
    }
}
