//! Reads declarations, and keeps going after a mistake.
//!
//! Two fences: inside braces, brackets or parentheses a mistake skips to the next `,` (or to what
//! looks like the next field); between declarations it skips past the next `{…}`.

use crate::attributes;
use crate::errors::{Errors, Parsed, SpannedMistake};
use crate::recover::{self, Instead};
use crate::syntax::{
    ArgSyntax, BodySyntax, DeclarationSyntax, Digits, EntrySyntax, KeySyntax, MacroSyntax, NumberSyntax, StackSyntax,
    ValueSyntax, WordSyntax,
};
use plg_core::{codes, text};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseBuffer, ParseStream, Parser};
use syn::{LitBool, LitFloat, LitInt, LitStr, Token, braced, bracketed, parenthesized, token};

/// The whole stack, as far as it can be read.
pub(crate) fn stack(errors: &mut Errors, input: TokenStream) -> StackSyntax {
    let mut stack = StackSyntax { header: Vec::new(), declarations: Vec::new(), unfinished: Vec::new() };
    let parser = |input: ParseStream| {
        while !input.is_empty() {
            if let Err(error) = item(errors, &mut stack, input) {
                errors.add(error);
                skip_past(input, |tree| matches!(tree, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace));
            }
        }
        Ok(())
    };
    // The parser ends only when the input is empty, so that nothing is left to complain about.
    let outcome: syn::Result<()> = parser.parse2(input);
    if let Err(error) = outcome {
        errors.add(error.into());
    }
    stack
}

fn item(errors: &mut Errors, stack: &mut StackSyntax, input: ParseStream) -> Parsed<()> {
    let first = input.span();
    let attributes = attributes::read(errors, input)?;
    recover::lonely(input, first, "a declaration")?;
    recover::visibility(errors, input)?;
    if (input.peek(syn::Ident::peek_any) && recover::is_key(input)) || input.peek(LitStr) {
        let entry = entry(errors, input)?;
        stack.header.push(EntrySyntax { attributes, ..entry });
        if !input.is_empty() && input.parse::<Option<Token![,]>>()?.is_none() {
            errors.at(codes::UNFINISHED, input.span(), "expected `,` after an entry of the stack's head");
        }
        return Ok(());
    }
    let first: Ident = word_of(input).map_err(|e| {
        SpannedMistake::new(
            codes::UNEXPECTED_TOKEN,
            e.span(),
            "expected a declaration, such as `feature_flag DarkMode { key: \"dark-mode\" }`",
        )
    })?;
    let existing = first == "existing" && input.peek(syn::Ident::peek_any);
    let kind: Ident = if existing { word_of(input)? } else { first };
    let another_follows = input.peek(syn::Ident::peek_any) && input.peek2(syn::Ident::peek_any);
    if !input.peek(syn::Ident) || another_follows {
        let missing = format!("expected a name after `{kind}`\nhelp: write `{kind} SomeName {{ … }}`");
        errors.at(codes::UNFINISHED, kind.span(), missing);
        stack.unfinished.push(kind);
        if input.peek(token::Brace) {
            input.parse::<TokenTree>()?;
        } else if !input.is_empty() && !another_follows && !input.peek(Token![#]) {
            skip_past(input, |tree| matches!(tree, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace));
        }
        return Ok(());
    }
    let name: Ident = name_of(input)?;
    recover::generics(errors, input)?;
    if !input.peek(token::Brace) {
        errors.at(codes::UNFINISHED, name.span(), format!("expected `{{` after `{kind} {name}`"));
        recover::to_body(input);
    }
    if !input.peek(token::Brace) {
        stack.declarations.push(DeclarationSyntax {
            attributes,
            existing,
            kind,
            body: BodySyntax { open: name.span(), entries: Vec::new() },
            name,
        });
        return Ok(());
    }
    let body = body(errors, input)?;
    stack.declarations.push(DeclarationSyntax { attributes, existing, kind, name, body });
    Ok(())
}

fn body(errors: &mut Errors, input: ParseStream) -> Parsed<BodySyntax> {
    let (brace, content) = braces(input)?;
    let entries = inside(errors, brace.span.open(), &content, entries)?;
    Ok(BodySyntax { open: brace.span.open(), entries })
}

fn entries(errors: &mut Errors, content: ParseStream) -> Parsed<Vec<EntrySyntax>> {
    let mut entries = Vec::new();
    while !content.is_empty() {
        let ended = match entry(errors, content) {
            Ok(entry) => {
                let braces_end_it = entry.body.is_some() && entry.value.is_none();
                let skipped = matches!(entry.value, Some(ValueSyntax::Unread(_)));
                entries.push(entry);
                braces_end_it || skipped
            }
            Err(error) => {
                errors.add(error);
                skip_to_field(content);
                // The comma belongs to what was skipped.
                content.parse::<Option<Token![,]>>()?;
                true
            }
        };
        if content.is_empty() || content.parse::<Option<Token![,]>>()?.is_some() || ended {
            continue;
        }
        errors.at(codes::UNFINISHED, content.span(), "expected `,` between fields");
        if !field_follows(content) {
            skip_to_field(content);
            content.parse::<Option<Token![,]>>()?;
        }
    }
    Ok(entries)
}

fn field_follows(input: ParseStream) -> bool {
    input.peek(Token![#])
        || (input.peek(syn::Ident::peek_any) && (recover::is_key(input) || input.peek2(token::Brace)))
        || (input.peek(LitStr) && recover::is_key(input))
        || input.peek(Token![in])
}

fn entry(errors: &mut Errors, input: ParseStream) -> Parsed<EntrySyntax> {
    let first = input.span();
    let attributes = attributes::read(errors, input)?;
    recover::lonely(input, first, "a field")?;
    let stage = input.peek(Token![in]) && !input.peek2(Token![:]);
    if stage {
        input.parse::<Token![in]>()?;
    }
    let key = if input.peek(LitStr) {
        KeySyntax::Text(recover::text(errors, input.parse()?))
    } else {
        KeySyntax::Name(word_of(input).map_err(|e| {
            SpannedMistake::new(codes::UNEXPECTED_TOKEN, e.span(), "expected a field, such as `key: \"dark-mode\"`")
        })?)
    };
    let mut entry =
        EntrySyntax { attributes, stage, colon: key.span(), has_colon: false, key, value: None, body: None };
    if !stage && let Some(colon) = recover::colon(errors, input, &entry.key.text())? {
        entry.colon = colon;
        entry.has_colon = true;
        if !input.is_empty() && !input.peek(Token![,]) {
            entry.value = Some(value_or_nothing(errors, input, skip_to_field));
        }
    } else if input.peek(token::Brace) {
        entry.body = Some(body(errors, input)?);
    } else if stage {
        return Err(SpannedMistake::new(
            codes::UNFINISHED,
            entry.key.span(),
            format!("expected `{{` after `in {}`", entry.key.text()),
        ));
    }
    Ok(entry)
}

/// A value; where there is none, that is said once, and what stands there is skipped.
fn value_or_nothing(errors: &mut Errors, input: ParseStream, skip: fn(ParseStream)) -> ValueSyntax {
    let at = input.span();
    value(errors, input).unwrap_or_else(|error| {
        errors.add(error);
        skip(input);
        ValueSyntax::Unread(at)
    })
}

/// A word, also one that Rust keeps for itself: `r#type` is `type`.
fn word_of(input: ParseStream) -> syn::Result<Ident> {
    input.call(Ident::parse_any).map(|word| word.unraw())
}

/// A name that becomes a Rust item: one that Rust keeps for itself stays as it is written.
fn name_of(input: ParseStream) -> syn::Result<Ident> {
    let name: Ident = input.parse()?;
    let plain = name.unraw();
    let word = plain.to_string();
    Ok(if text::unreserved(&word) == word { plain } else { name })
}

fn value(errors: &mut Errors, input: ParseStream) -> Parsed<ValueSyntax> {
    match recover::value(errors, input)? {
        Some(Instead::Text(text)) => return Ok(ValueSyntax::Text(text)),
        Some(Instead::Value) => return errors.nested(input.span(), |errors| value(errors, input)),
        None => {}
    }
    if input.peek(LitStr) {
        return Ok(ValueSyntax::Text(recover::text(errors, input.parse()?)));
    }
    if input.peek(token::Paren) {
        return in_parentheses(errors, input);
    }
    if input.peek(LitBool) {
        return Ok(ValueSyntax::Bool(input.parse()?));
    }
    if input.peek(LitInt) || input.peek(LitFloat) || input.peek(Token![-]) {
        return number(input).map(ValueSyntax::Number);
    }
    if input.peek(token::Bracket) {
        let (list, span) = list(errors, input)?;
        return Ok(ValueSyntax::List(list, span));
    }
    if input.peek(token::Brace) {
        return body(errors, input).map(ValueSyntax::Block);
    }
    if input.peek(syn::Ident::peek_any) && input.peek2(Token![!]) {
        return text_macro(input);
    }
    if input.peek(syn::Ident::peek_any) {
        return word(errors, input).map(ValueSyntax::Word);
    }
    Err(SpannedMistake::new(codes::UNEXPECTED_TOKEN, input.span(), "expected a value"))
}

/// Macros that rustc makes a text of.
const TEXTS: [&str; 3] = ["include_str", "concat", "env"];

/// `include_str!("file")`; what `concat!` joins is a text like any other.
fn text_macro(input: ParseStream) -> Parsed<ValueSyntax> {
    let name: Ident = input.call(Ident::parse_any)?;
    input.parse::<Token![!]>()?;
    let group = match input.parse()? {
        TokenTree::Group(group) => group,
        _ => return Err(SpannedMistake::new(codes::UNFINISHED, name.span(), format!("expected `(` after `{name}!`"))),
    };
    if !TEXTS.iter().any(|known| name == known) {
        let message = format!(
            "this macro is not a text\nhelp: write {}, or a constant's name",
            TEXTS.map(|known| format!("`{known}!(…)`")).join(", ")
        );
        return Err(SpannedMistake::new(codes::UNEXPECTED_TOKEN, name.span(), message));
    }
    let arguments = group.stream();
    if name == "concat" {
        let parts = syn::punctuated::Punctuated::<LitStr, Token![,]>::parse_terminated.parse2(arguments.clone());
        if let Ok(parts) = parts {
            let text: String = parts.iter().map(LitStr::value).collect();
            return Ok(ValueSyntax::Text(LitStr::new(&text, name.span())));
        }
    }
    Ok(ValueSyntax::Macro(MacroSyntax { name, arguments }))
}

/// A value in parentheses that it does not need.
fn in_parentheses(errors: &mut Errors, input: ParseStream) -> Parsed<ValueSyntax> {
    let (paren, content) = parentheses(input)?;
    let at = paren.span.open();
    let inner = inside(errors, at, &content, value)?;
    let left = content.span();
    if content.is_empty() {
        errors.at(codes::UNEXPECTED_TOKEN, at, "a value has no parentheses around it\nhelp: remove them");
        return Ok(inner);
    }
    skip_past(&content, |_| false);
    Err(SpannedMistake::new(codes::UNEXPECTED_TOKEN, left, "expected one value\nhelp: write a list in brackets: `[…]`"))
}

fn number(input: ParseStream) -> Parsed<NumberSyntax> {
    let negative = input.parse::<Option<Token![-]>>()?.is_some();
    let (digits, suffix) = if input.peek(LitFloat) {
        let digits: LitFloat = input.parse()?;
        let suffix = digits.suffix().to_owned();
        (Digits::Decimal(digits), suffix)
    } else {
        let digits: LitInt =
            input.parse().map_err(|e| SpannedMistake::new(codes::UNEXPECTED_TOKEN, e.span(), "expected a number"))?;
        let suffix = digits.suffix().to_owned();
        (Digits::Whole(digits), suffix)
    };
    let mut number = NumberSyntax { negative, digits, percent: false, unit: None, tail: None };
    recover::size(number.float(), number.span())?;
    if !suffix.is_empty() {
        // `7days` is one token: the unit is its suffix.
        number.unit = syn::parse_str(&suffix).ok().map(|unit: Ident| Ident::new(&unit.to_string(), number.span()));
    } else if input.parse::<Option<Token![%]>>()?.is_some() {
        number.percent = true;
    } else if input.peek(syn::Ident) {
        number.unit = Some(input.parse()?);
    }
    if number.unit.is_some() && input.peek(syn::Ident) && !input.peek2(Token![:]) {
        number.tail = Some(input.parse()?);
    }
    Ok(number)
}

fn list(errors: &mut Errors, input: ParseStream) -> Parsed<(Vec<ValueSyntax>, Span)> {
    let (bracket, content) = brackets(input)?;
    let mut list = Vec::new();
    inside(errors, bracket.span.open(), &content, |errors, content| {
        separated(errors, content, |errors, input| {
            attributes::read(errors, input)?.none_here(errors);
            list.push(value_or_nothing(errors, input, skip_to_comma));
            Ok(())
        })
    })?;
    Ok((list, bracket.span.join()))
}

fn word(errors: &mut Errors, input: ParseStream) -> Parsed<WordSyntax> {
    let mut word = WordSyntax { path: vec![word_of(input)?], dotted: false, args: None, list: None, block: None };
    loop {
        if input.peek(Token![::]) {
            input.parse::<Token![::]>()?;
        } else if input.peek(Token![.]) {
            input.parse::<Token![.]>()?;
            word.dotted = true;
        } else {
            break;
        }
        recover::generics(errors, input)?;
        if input.peek(Token![::]) {
            continue;
        }
        if !input.peek(syn::Ident::peek_any) {
            return Err(SpannedMistake::new(
                codes::UNFINISHED,
                word.span(),
                format!(
                    "expected a name after `{}`",
                    word.path.iter().map(Ident::to_string).collect::<Vec<_>>().join("::")
                ),
            ));
        }
        word.path.push(word_of(input)?);
    }
    if let Some(name) = word.path.first().filter(|name| **name == "Self") {
        let message = "`Self` has no meaning in a stack\nhelp: write the name of a declaration";
        return Err(SpannedMistake::new(codes::UNEXPECTED_TOKEN, name.span(), message));
    }
    if let Some(name) = word.path.last() {
        recover::call(input, name)?;
    }
    if input.peek(token::Paren) {
        let (paren, content) = parentheses(input)?;
        let mut args = Vec::new();
        inside(errors, paren.span.open(), &content, |errors, content| {
            separated(errors, content, |errors, input| {
                attributes::read(errors, input)?.none_here(errors);
                args.push(arg(errors, input)?);
                Ok(())
            })
        })?;
        word.args = Some((args, paren.span.join()));
    }
    if input.peek(token::Bracket) {
        word.list = Some(list(errors, input)?);
    }
    if input.peek(token::Brace) {
        word.block = Some(body(errors, input)?);
    }
    Ok(word)
}

/// Reads what stands in brackets, which are left as read where they are too many.
fn inside<T>(
    errors: &mut Errors,
    at: Span,
    content: ParseStream,
    read: impl FnOnce(&mut Errors, ParseStream) -> Parsed<T>,
) -> Parsed<T> {
    let outcome = errors.nested(at, |errors| read(errors, content));
    if outcome.is_err() {
        skip_past(content, |_| false);
    }
    outcome
}

fn arg(errors: &mut Errors, input: ParseStream) -> Parsed<ArgSyntax> {
    let named = input.peek(syn::Ident::peek_any) && recover::is_key(input);
    let name = if named { Some(input.call(Ident::parse_any)?) } else { None };
    if let Some(name) = &name {
        recover::colon(errors, input, &name.to_string())?;
    }
    Ok(ArgSyntax { name, value: value_or_nothing(errors, input, skip_to_comma) })
}

fn separated(
    errors: &mut Errors,
    content: ParseStream,
    mut one: impl FnMut(&mut Errors, ParseStream) -> Parsed<()>,
) -> Parsed<()> {
    while !content.is_empty() {
        if let Err(error) = one(errors, content) {
            errors.add(error);
            skip_to_comma(content);
        }
        if !content.is_empty() && content.parse::<Option<Token![,]>>()?.is_none() {
            errors.at(codes::UNFINISHED, content.span(), "expected `,`");
            skip_to_comma(content);
            content.parse::<Option<Token![,]>>()?;
        }
    }
    Ok(())
}

fn braces(input: ParseStream<'_>) -> syn::Result<(token::Brace, ParseBuffer<'_>)> {
    let content;
    let brace = braced!(content in input);
    Ok((brace, content))
}

fn brackets(input: ParseStream<'_>) -> syn::Result<(token::Bracket, ParseBuffer<'_>)> {
    let content;
    let bracket = bracketed!(content in input);
    Ok((bracket, content))
}

fn parentheses(input: ParseStream<'_>) -> syn::Result<(token::Paren, ParseBuffer<'_>)> {
    let content;
    let paren = parenthesized!(content in input);
    Ok((paren, content))
}

fn skip_to_comma(input: ParseStream) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            break;
        }
    }
}

fn skip_to_field(input: ParseStream) {
    let mut first = true;
    while !input.is_empty() && !input.peek(Token![,]) && (first || !field_follows(input)) {
        first = false;
        if input.parse::<TokenTree>().is_err() {
            break;
        }
    }
}

fn skip_past(input: ParseStream, stop: impl Fn(&TokenTree) -> bool) {
    while let Ok(tree) = input.parse::<TokenTree>() {
        if stop(&tree) {
            break;
        }
    }
}
