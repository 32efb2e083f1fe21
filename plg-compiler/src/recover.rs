//! What people write in place of what the language has: each is one mistake, and is read as what was meant.

use crate::errors::{Errors, Parsed, SpannedMistake};
use plg_core::codes;
use proc_macro2::{Ident, Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Lit, LitBool, LitFloat, LitInt, LitStr, Token, token};

/// What stood in place of a value.
pub(crate) enum Instead {
    /// Something that means this text.
    Text(LitStr),
    /// Something that means nothing; the value follows.
    Value,
}

/// The colon after a key, or an `=` that stands for it.
pub(crate) fn colon(errors: &mut Errors, input: ParseStream, key: &str) -> Parsed<Option<Span>> {
    if input.peek(Token![:]) && !input.peek(Token![::]) {
        return Ok(Some(input.parse::<Token![:]>()?.span));
    }
    let (at, written) = if input.peek(Token![=>]) {
        (input.parse::<Token![=>]>()?.spans[0], "=>")
    } else if input.peek(Token![=]) {
        (input.parse::<Token![=]>()?.span, "=")
    } else if input.peek(LitStr) || input.peek(LitInt) || input.peek(LitFloat) || input.peek(LitBool) {
        let at = input.span();
        errors.at(codes::UNFINISHED, at, format!("expected `:` after `{key}`\nhelp: write `{key}: …`"));
        return Ok(Some(at));
    } else {
        return Ok(None);
    };
    let message = format!("expected `:` after `{key}`, but found `{written}`\nhelp: write `{key}: …`");
    errors.at(codes::UNEXPECTED_TOKEN, at, message);
    Ok(Some(at))
}

/// Whether what follows the next word makes it a key: a colon, or an `=` that stands for one.
pub(crate) fn is_key(input: ParseStream) -> bool {
    (input.peek2(Token![:]) && !input.peek2(Token![::])) || input.peek2(Token![=])
}

/// What stands in place of a value, if something does.
pub(crate) fn value(errors: &mut Errors, input: ParseStream) -> Parsed<Option<Instead>> {
    if input.peek(Token![&]) {
        let at = input.parse::<Token![&]>()?.span;
        input.parse::<Option<Token![mut]>>()?;
        let name = input.fork().call(Ident::parse_any).map_or_else(|_| "Name".to_owned(), |name| name.to_string());
        let message = format!("a reference is the name of a declaration\nhelp: write `{name}`, without `&`");
        errors.at(codes::UNEXPECTED_TOKEN, at, message);
        return Ok(Some(Instead::Value));
    }
    if input.peek(Token![::]) {
        let at = input.parse::<Token![::]>()?.spans[0];
        errors.at(codes::UNEXPECTED_TOKEN, at, "a path starts with a name\nhelp: leave the first `::` out");
        return Ok(Some(Instead::Value));
    }
    if input.peek(syn::Lifetime) {
        let tick: syn::Lifetime = input.parse()?;
        return Ok(Some(in_quotes(errors, &tick.ident.to_string(), tick.span())));
    }
    if input.peek(LitStr) || !input.peek(Lit) {
        return Ok(None);
    }
    match input.fork().parse::<Lit>()? {
        Lit::Char(one) => bytes(errors, input, one.value().to_string().as_bytes()),
        Lit::Byte(one) => bytes(errors, input, &[one.value()]),
        Lit::ByteStr(all) => bytes(errors, input, &all.value()),
        Lit::CStr(all) => bytes(errors, input, all.value().as_bytes()),
        _ => Ok(None),
    }
}

fn bytes(errors: &mut Errors, input: ParseStream, bytes: &[u8]) -> Parsed<Option<Instead>> {
    let at = Lit::parse(input)?.span();
    Ok(Some(in_quotes(errors, &String::from_utf8_lossy(bytes), at)))
}

fn in_quotes(errors: &mut Errors, text: &str, at: Span) -> Instead {
    let message = format!("a text has double quotes\nhelp: write {text:?}");
    errors.at(codes::UNEXPECTED_TOKEN, at, message);
    Instead::Text(LitStr::new(text, at))
}

/// A text without what follows it in one word.
pub(crate) fn text(errors: &mut Errors, text: LitStr) -> LitStr {
    if text.suffix().is_empty() {
        return text;
    }
    let message = format!("nothing follows a text\nhelp: write {:?}", text.value());
    errors.at(codes::UNEXPECTED_TOKEN, text.span(), message);
    LitStr::new(&text.value(), text.span())
}

/// Refuses a macro's call in place of a value.
pub(crate) fn call(input: ParseStream, name: &Ident) -> Parsed<()> {
    if !input.peek(Token![!]) || input.peek(Token![!=]) {
        return Ok(());
    }
    input.parse::<Token![!]>()?;
    if input.peek(token::Paren) || input.peek(token::Bracket) || input.peek(token::Brace) {
        input.parse::<TokenTree>()?;
    }
    let message = format!("`{name}!` is not expanded inside a stack\nhelp: write the value itself");
    Err(SpannedMistake::new(codes::UNEXPECTED_TOKEN, name.span(), message))
}

/// `<…>` in a path or after a name, which has none.
pub(crate) fn generics(errors: &mut Errors, input: ParseStream) -> Parsed<()> {
    if !input.peek(Token![<]) {
        return Ok(());
    }
    let at = input.parse::<Token![<]>()?.span;
    errors.at(codes::UNEXPECTED_TOKEN, at, "a declaration has no generics\nhelp: leave `<…>` out");
    while !input.is_empty() && !input.peek(token::Brace) && !input.peek(Token![,]) {
        if input.parse::<Option<Token![>]>>()?.is_some() {
            break;
        }
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// `pub`, which every declaration is.
pub(crate) fn visibility(errors: &mut Errors, input: ParseStream) -> Parsed<()> {
    if input.peek(Token![pub]) {
        let at = input.parse::<syn::Visibility>()?.span();
        errors.at(codes::UNEXPECTED_TOKEN, at, "every declaration is public\nhelp: leave `pub` out");
    }
    Ok(())
}

/// Skips to the `{` of a declaration, as far as no other declaration begins.
pub(crate) fn to_body(input: ParseStream) {
    let another = |input: ParseStream| input.peek(syn::Ident::peek_any) && input.peek2(syn::Ident::peek_any);
    while !input.is_empty() && !input.peek(token::Brace) && !input.peek(Token![#]) && !another(input) {
        if input.parse::<TokenTree>().is_err() {
            break;
        }
    }
}

/// Says so where attributes have nothing after them to belong to.
pub(crate) fn lonely(input: ParseStream, first: Span, wanted: &str) -> Parsed<()> {
    if !input.is_empty() {
        return Ok(());
    }
    let message = format!(
        "expected {wanted} after this\nhelp: write a doc comment before the thing it describes, and a remark as `// …`"
    );
    Err(SpannedMistake::new(codes::UNEXPECTED_TOKEN, first, message))
}

/// Refuses a number that is too large for any number there is.
pub(crate) fn size(number: Option<f64>, at: Span) -> Parsed<()> {
    match number {
        Some(_) => Ok(()),
        None => {
            let message = format!("this number is too large: the largest is {:e}", f64::MAX);
            Err(SpannedMistake::new(codes::OUT_OF_RANGE, at, message))
        }
    }
}
