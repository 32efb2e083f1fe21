//! Lists of several pages, fetched side by side as far as it is known how many there are.

use super::client::Client;
use super::failure::{Certainty, Failure, FailureKind};
use plg_core::wire::{id_text, segment};
use plg_core::{Call, Listing, Paging};
use serde_json::Value as Json;
use std::collections::HashSet;

/// The most pages that are read of one list.
const MOST_PAGES: usize = 10_000;

impl Client {
    /// Every row of a list once, whatever its paging: one that moves to the next page between two requests stands on
    /// both. The pages that `expected` rows take are asked for side by side, as
    /// far as there may be as many at once; the others follow.
    ///
    /// # Errors
    /// When a page cannot be read.
    pub(crate) async fn list(&self, listing: &Listing, expected: usize) -> Result<Vec<Json>, Failure> {
        self.every_page(listing, expected).await.map(each_once)
    }

    async fn every_page(&self, listing: &Listing, expected: usize) -> Result<Vec<Json>, Failure> {
        let most = self.most_pages();
        match listing.paging {
            Paging::Data => self.whole(&listing.path, "data").await,
            Paging::Inside { key } => self.whole(&listing.path, key).await,
            Paging::Unlisted => Ok(Vec::new()),
            Paging::One => Ok(vec![self.send(&Call::bare("GET", &listing.path)).await?]),
            Paging::DataOffset { limit } => {
                let (mut all, length) = (Vec::new(), (limit as usize).max(1));
                // How many there are is said nowhere: the page after the last row tells, and twice as many pages are
                // asked for each time all were full.
                let mut window = (expected / length + 1).min(most);
                for _ in 0..MOST_PAGES {
                    let offsets: Vec<usize> = (0..window).map(|page| all.len() + page * length).collect();
                    let pages = self.pages(&listing.path, limit, &offsets, "data").await?;
                    let full = pages.iter().take_while(|rows| rows.len() >= length).count();
                    all.extend(pages.into_iter().take(full + 1).flatten());
                    if full < window {
                        break;
                    }
                    window = (window * 2).min(most);
                }
                Ok(all)
            }
            Paging::Results { limit } => self.results(&listing.path, limit, expected).await,
            Paging::Numbered => self.numbered(&listing.path).await,
            Paging::Cursor { limit, after } => self.after_each_other(&listing.path, limit, after).await,
        }
    }

    /// Pages that are counted from 1, each as long as the server says.
    async fn numbered(&self, path: &str) -> Result<Vec<Json>, Failure> {
        let join = if path.contains('?') { '&' } else { '?' };
        let mut all = Vec::new();
        for number in 1..=MOST_PAGES {
            let path = format!("{path}{join}page={number}");
            let page = self.send(&Call::bare("GET", &path)).await?;
            let (rows, rest) = self.rows(&path, page, "results")?;
            let done = rows.is_empty() || rest.get("next").is_none_or(Json::is_null);
            all.extend(rows);
            if done {
                break;
            }
        }
        Ok(all)
    }

    /// A list that is answered at once.
    async fn whole(&self, path: &str, key: &str) -> Result<Vec<Json>, Failure> {
        let page = self.send(&Call::bare("GET", path)).await?;
        self.rows(path, page, key).map(|(rows, _)| rows)
    }

    /// Pages that each begin after the last row of the one before.
    async fn after_each_other(&self, path: &str, limit: u32, after: &str) -> Result<Vec<Json>, Failure> {
        let join = if path.contains('?') { '&' } else { '?' };
        let first = format!("{path}{join}limit={limit}");
        let (mut all, mut next): (Vec<Json>, String) = (Vec::new(), first.clone());
        for _ in 0..MOST_PAGES {
            let page = self.send(&Call::bare("GET", &next)).await?;
            let (rows, rest) = self.rows(&next, page, "data")?;
            let last = rows.last().and_then(|row| id_text(row.get("id")?));
            all.extend(rows);
            match last.filter(|_| rest.get("has_more") == Some(&Json::Bool(true))) {
                Some(last) => next = format!("{first}&{after}={}", segment(&last)),
                None => break,
            }
        }
        Ok(all)
    }

    async fn results(&self, path: &str, limit: u32, expected: usize) -> Result<Vec<Json>, Failure> {
        let (first, most, length) = (paged(path, limit, 0), self.most_pages(), (limit as usize).max(1));
        let ahead: Vec<usize> = (length..expected).step_by(length).take(most - 1).collect();
        let call = Call::bare("GET", &first);
        let (page, ahead) = tokio::join!(self.send(&call), self.pages(path, limit, &ahead, "results"));
        let (mut all, rest) = self.rows(&first, page?, "results")?;
        let more = rest.get("next").is_some_and(|next| !next.is_null());
        if !more {
            return Ok(all);
        }
        let step = all.len().max(1);
        // A server may put less on a page than it was asked to: what was asked for ahead would leave gaps then.
        let ahead = if step == length { ahead? } else { Vec::new() };
        let there = step * (ahead.len() + 1);
        let ended = ahead.last().is_some_and(|page| page.len() < step);
        all.extend(ahead.into_iter().flatten());
        if ended {
            return Ok(all);
        }
        let count = rest.get("count").and_then(Json::as_u64).and_then(|c| usize::try_from(c).ok());
        if let Some(count) = count.filter(|_| rest.get("count_is_capped") != Some(&Json::Bool(true))) {
            // The number of pages is known: they are fetched side by side.
            let offsets: Vec<usize> = (there..count).step_by(step).take(MOST_PAGES).collect();
            for group in offsets.chunks(most) {
                all.extend(self.pages(path, limit, group, "results").await?.into_iter().flatten());
            }
            return Ok(all);
        }
        for _ in 0..MOST_PAGES {
            let path = paged(path, limit, all.len());
            let page = self.send(&Call::bare("GET", &path)).await?;
            let (rows, rest) = self.rows(&path, page, "results")?;
            let done = rows.is_empty() || rest.get("next").is_none_or(Json::is_null);
            all.extend(rows);
            if done {
                break;
            }
        }
        Ok(all)
    }

    /// Pages at these offsets, fetched side by side, in their order.
    async fn pages(&self, path: &str, limit: u32, offsets: &[usize], key: &str) -> Result<Vec<Vec<Json>>, Failure> {
        let mut pages = tokio::task::JoinSet::new();
        for (place, offset) in offsets.iter().enumerate() {
            let (client, path) = (self.clone(), paged(path, limit, *offset));
            pages.spawn(async move { (place, client.send(&Call::bare("GET", &path)).await, path) });
        }
        let mut rows: Vec<Vec<Json>> = vec![Vec::new(); offsets.len()];
        while let Some(page) = pages.join_next().await {
            // A page that is missing must not look like one that is empty.
            let Ok((place, page, path)) = page else {
                return self.rows(path, Json::Null, key).map(|(rows, _)| vec![rows]);
            };
            rows[place] = self.rows(&path, page?, key)?.0;
        }
        Ok(rows)
    }

    fn rows(&self, path: &str, page: Json, key: &str) -> Result<(Vec<Json>, plg_core::Map), Failure> {
        let wrong = || {
            let (call, message) = (Call::bare("GET", path), format!("the answer has no list `{key}`"));
            Failure::of(self.who(), &call, Some(200), (FailureKind::Malformed, Certainty::NothingChanged), message)
        };
        let Json::Object(mut page) = page else { return Err(wrong()) };
        match page.remove(key) {
            Some(Json::Array(rows)) => Ok((rows, page)),
            _ => Err(wrong()),
        }
    }
}

fn paged(path: &str, limit: u32, offset: usize) -> String {
    let join = if path.contains('?') { '&' } else { '?' };
    format!("{path}{join}limit={limit}&offset={offset}")
}

/// Rows by their ids, the first of each.
fn each_once(mut rows: Vec<Json>) -> Vec<Json> {
    let mut seen = HashSet::with_capacity(rows.len());
    let id = |row: &Json| row.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    rows.retain(|row| id(row).is_none_or(|id| seen.insert(id)));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Answer, Awaited, ClientOptions, Clients, Endpoint, Endpoints, Request, Transport};
    use crate::secret::Secret;
    use serde_json::json;
    use std::sync::{Arc, Mutex};

    /// A list of so many rows, on pages that are no longer than `page`.
    #[derive(Debug)]
    struct Rows {
        count: usize,
        page: usize,
        key: &'static str,
        asked: Mutex<Vec<usize>>,
    }

    impl Transport for Rows {
        fn send(&self, request: Request) -> Awaited<'_> {
            let number = |name: &str| -> usize {
                let (_, rest) = request.url.split_once(name).expect("it is asked for");
                rest.split('&').next().and_then(|text| text.parse().ok()).expect("a number")
            };
            // Pages that are counted are as long as the server says.
            let (limit, offset) = match request.url.contains("?page=") {
                true => (self.page, (number("page=") - 1) * self.page),
                false => (number("limit=").min(self.page), number("offset=")),
            };
            self.asked.lock().expect("nobody panicked").push(offset);
            let rows: Vec<usize> = (offset..self.count).take(limit).collect();
            let next = (offset + rows.len() < self.count).then_some("more");
            let body = if self.key == "data" {
                json!({ "data": rows })
            } else {
                json!({ "results": rows, "next": next, "count": self.count })
            };
            Box::pin(
                async move { Ok(Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }) },
            )
        }
    }

    /// The offsets that were asked for, with `expected` rows; every row has to be there once.
    async fn asked(count: usize, page: usize, paging: Paging, expected: usize) -> Vec<usize> {
        let key = if matches!(paging, Paging::Results { .. } | Paging::Numbered) { "results" } else { "data" };
        let rows = Arc::new(Rows { count, page, key, asked: Mutex::default() });
        let provider = &plg_posthog::PROVIDER;
        let endpoint = Endpoint::new(provider, "http://127.0.0.1:1", Secret::new("key".into()));
        let options = ClientOptions { pages: 4, transport: Some(rows.clone()), ..ClientOptions::default() };
        let clients = Clients::new(Endpoints(vec![endpoint]), options).expect("a client");
        let client = clients.of(provider, provider.default_account());
        let listing = Listing { path: "/list".into(), paging, rows: None };
        let all = client.list(&listing, expected).await.expect("a list");
        assert_eq!(all, (0..count).map(Json::from).collect::<Vec<_>>(), "{count} rows, {expected} expected");
        let mut asked = rows.asked.lock().expect("nobody panicked").clone();
        asked.sort_unstable();
        asked
    }

    #[tokio::test]
    async fn what_is_expected_is_asked_for_and_no_more() {
        let (data, results) = (Paging::DataOffset { limit: 10 }, Paging::Results { limit: 10 });
        assert_eq!(asked(25, 10, data, 25).await, [0, 10, 20]);
        assert_eq!(asked(25, 10, results, 25).await, [0, 10, 20]);
        assert_eq!(asked(3, 10, data, 3).await, [0]);
        assert_eq!(asked(10, 10, results, 10).await, [0]);
    }

    #[tokio::test]
    async fn every_row_is_there_however_many_were_expected() {
        for paging in [Paging::DataOffset { limit: 10 }, Paging::Results { limit: 10 }] {
            for count in [0, 1, 9, 10, 11, 35, 40, 41, 95] {
                for expected in [0, 1, 10, 11, 40, 41, 90, 200] {
                    asked(count, 10, paging, expected).await;
                }
            }
        }
    }

    #[tokio::test]
    async fn counted_pages_are_asked_for_until_the_last() {
        assert_eq!(asked(25, 10, Paging::Numbered, 0).await, [0, 10, 20]);
        assert_eq!(asked(10, 10, Paging::Numbered, 40).await, [0]);
        assert_eq!(asked(0, 10, Paging::Numbered, 0).await, [0]);
    }

    #[tokio::test]
    async fn a_server_that_puts_less_on_a_page_leaves_no_gaps() {
        for (count, expected) in [(5, 40), (35, 0), (35, 35), (36, 40), (100, 100)] {
            asked(count, 6, Paging::Results { limit: 10 }, expected).await;
        }
    }
}
