//! Reads declarations, and keeps going after a mistake.
//!
//! Two fences: inside braces, brackets or parentheses a mistake skips to the next `,` (or to what
//! looks like the next field); between declarations it skips past the next `{…}`.

use crate::attributes;
use crate::errors::{Errors, Parsed, SpannedMistake};
use crate::syntax::{
    ArgSyntax, BodySyntax, DeclarationSyntax, Digits, EntrySyntax, KeySyntax, NumberSyntax, StackSyntax, ValueSyntax,
    WordSyntax,
};
use plg_schema::{codes, text};
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
    let attributes = attributes::read(errors, input)?;
    if (input.peek(syn::Ident::peek_any) && input.peek2(Token![:]) && !input.peek2(Token![::])) || input.peek(LitStr) {
        let entry = entry(errors, input)?;
        stack.header.push(EntrySyntax { attributes, ..entry });
        if !input.is_empty() && input.parse::<Option<Token![,]>>()?.is_none() {
            errors.at(codes::UNFINISHED, input.span(), "expected `,` after a line of the stack's head");
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
    if !input.peek(token::Brace) {
        errors.at(codes::UNFINISHED, name.span(), format!("expected `{{` after `{kind} {name}`"));
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
    let mut entries = Vec::new();
    while !content.is_empty() {
        let last_was_stage = match entry(errors, &content) {
            Ok(entry) => {
                let braces_end_it = entry.body.is_some() && entry.value.is_none();
                entries.push(entry);
                braces_end_it
            }
            Err(error) => {
                errors.add(error);
                skip_to_field(&content);
                true
            }
        };
        if content.is_empty() || content.parse::<Option<Token![,]>>()?.is_some() || last_was_stage {
            continue;
        }
        errors.at(codes::UNFINISHED, content.span(), "expected `,` between fields");
        if !field_follows(&content) {
            skip_to_field(&content);
            content.parse::<Option<Token![,]>>()?;
        }
    }
    Ok(BodySyntax { open: brace.span.open(), entries })
}

fn field_follows(input: ParseStream) -> bool {
    input.peek(Token![#])
        || (input.peek(syn::Ident::peek_any) && (input.peek2(Token![:]) || input.peek2(token::Brace)))
        || (input.peek(LitStr) && input.peek2(Token![:]))
        || input.peek(Token![in])
}

fn entry(errors: &mut Errors, input: ParseStream) -> Parsed<EntrySyntax> {
    let attributes = attributes::read(errors, input)?;
    let stage = input.peek(Token![in]) && !input.peek2(Token![:]);
    if stage {
        input.parse::<Token![in]>()?;
    }
    let key = if input.peek(LitStr) {
        KeySyntax::Text(input.parse()?)
    } else {
        KeySyntax::Name(word_of(input).map_err(|e| {
            SpannedMistake::new(codes::UNEXPECTED_TOKEN, e.span(), "expected a field, such as `key: \"dark-mode\"`")
        })?)
    };
    let mut entry =
        EntrySyntax { attributes, stage, colon: key.span(), has_colon: false, key, value: None, body: None };
    if !stage && input.peek(Token![:]) {
        entry.colon = input.parse::<Token![:]>()?.span;
        entry.has_colon = true;
        if !input.is_empty() && !input.peek(Token![,]) {
            entry.value = Some(value(errors, input)?);
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

/// A word, also one that Rust keeps for itself: `r#type` is `type`.
fn word_of(input: ParseStream) -> syn::Result<Ident> {
    input.call(Ident::parse_any).map(|word| word.unraw())
}

/// A name that becomes a Rust item: one that Rust keeps for itself stays as it is written.
fn name_of(input: ParseStream) -> syn::Result<Ident> {
    let name: Ident = input.parse()?;
    let plain = name.unraw();
    Ok(if text::unreserved(&plain.to_string()) == plain.to_string() { plain } else { name })
}

fn value(errors: &mut Errors, input: ParseStream) -> Parsed<ValueSyntax> {
    if input.peek(LitStr) {
        return Ok(ValueSyntax::Text(input.parse()?));
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
    if input.peek(syn::Ident::peek_any) {
        return word(errors, input).map(ValueSyntax::Word);
    }
    Err(SpannedMistake::new(codes::UNEXPECTED_TOKEN, input.span(), "expected a value"))
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
    separated(errors, &content, |errors, input| {
        attributes::read(errors, input)?.none_here(errors);
        list.push(value(errors, input)?);
        Ok(())
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
    if input.peek(token::Paren) {
        let (paren, content) = parentheses(input)?;
        let mut args = Vec::new();
        separated(errors, &content, |errors, input| {
            attributes::read(errors, input)?.none_here(errors);
            let named = input.peek(syn::Ident::peek_any) && input.peek2(Token![:]) && !input.peek2(Token![::]);
            let name = if named { Some(word_of(input)?) } else { None };
            if named {
                input.parse::<Token![:]>()?;
            }
            args.push(ArgSyntax { name, value: value(errors, input)? });
            Ok(())
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
    // The comma belongs to what was skipped.
    let _: syn::Result<Option<Token![,]>> = input.parse();
}

fn skip_past(input: ParseStream, stop: impl Fn(&TokenTree) -> bool) {
    while let Ok(tree) = input.parse::<TokenTree>() {
        if stop(&tree) {
            break;
        }
    }
}
