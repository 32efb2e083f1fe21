//! Lists of several pages, fetched side by side as far as it is known how many there are.

use super::client::Client;
use super::failure::{Certainty, Failure, FailureKind};
use plg_core::wire::{id_text, segment};
use plg_core::{Call, Listing, Paging};
use serde_json::Value as Json;
use std::collections::HashSet;

/// The most pages that are read of one list.
const MOST_PAGES: usize = 10_000;

/// What is made of a row as soon as its page is there.
pub(crate) trait ReadRow<T>: Fn(Json) -> T + Clone + Send + Sync + 'static {}

impl<T, F: Fn(Json) -> T + Clone + Send + Sync + 'static> ReadRow<T> for F {}

/// A row that was read.
struct Row<T> {
    /// By which a list has it once.
    id: Option<String>,
    is: T,
}

/// A page whose rows were read.
struct RowsPage<T> {
    rows: Vec<Row<T>>,
    /// The last row's id, where it is a text or a number: the next page may begin after it.
    last: Option<String>,
    /// What stands beside the rows.
    rest: plg_core::Map,
}

impl Client {
    /// Every row of a list once, whatever its paging: one that moves to the next page between two requests stands on
    /// both. The pages that `expected` rows take are asked for side by side, as
    /// far as there may be as many at once; the others follow.
    ///
    /// # Errors
    /// When a page cannot be read.
    pub(crate) async fn list(&self, listing: &Listing, expected: usize) -> Result<Vec<Json>, Failure> {
        self.list_as(listing, expected, |row| row).await
    }

    /// The same, of which `read` makes something while other pages are on their way: no more than one page of a list is
    /// there as it was answered.
    ///
    /// # Errors
    /// As of [`Client::list`].
    pub(crate) async fn list_as<T: Send + 'static>(
        &self,
        listing: &Listing,
        expected: usize,
        read: impl ReadRow<T>,
    ) -> Result<Vec<T>, Failure> {
        self.every_page(listing, expected, read).await.map(each_once)
    }

    async fn every_page<T: Send + 'static>(
        &self,
        listing: &Listing,
        expected: usize,
        read: impl ReadRow<T>,
    ) -> Result<Vec<Row<T>>, Failure> {
        let most = self.most_pages();
        match listing.paging {
            Paging::Data => self.page(&listing.path, "data", &read).await.map(|page| page.rows),
            Paging::Inside { key } => self.page(&listing.path, key, &read).await.map(|page| page.rows),
            Paging::Unlisted => Ok(Vec::new()),
            Paging::One => Ok(vec![row(self.send(&Call::bare("GET", &listing.path)).await?, &read)]),
            Paging::DataOffset { limit } => {
                let (mut all, length) = (Vec::new(), (limit as usize).max(1));
                // How many there are is said nowhere: the page after the last row tells, and twice as many pages are
                // asked for each time all were full.
                let mut window = (expected / length + 1).min(most);
                for _ in 0..MOST_PAGES {
                    let offsets: Vec<usize> = (0..window).map(|page| all.len() + page * length).collect();
                    let pages = self.pages(&listing.path, limit, &offsets, "data", &read).await?;
                    let full = pages.iter().take_while(|rows| rows.len() >= length).count();
                    all.extend(pages.into_iter().take(full + 1).flatten());
                    if full < window {
                        break;
                    }
                    window = (window * 2).min(most);
                }
                Ok(all)
            }
            Paging::Results { limit } => self.results(&listing.path, limit, expected, read).await,
            Paging::Numbered => self.numbered(&listing.path, read).await,
            Paging::Cursor { limit, after } => self.after_each_other(&listing.path, limit, after, read).await,
        }
    }

    /// Pages that are counted from 1, each as long as the server says.
    async fn numbered<T>(&self, path: &str, read: impl ReadRow<T>) -> Result<Vec<Row<T>>, Failure> {
        let join = if path.contains('?') { '&' } else { '?' };
        let mut all = Vec::new();
        for number in 1..=MOST_PAGES {
            let path = format!("{path}{join}page={number}");
            let RowsPage { rows, rest, .. } = self.page(&path, "results", &read).await?;
            let done = rows.is_empty() || rest.get("next").is_none_or(Json::is_null);
            all.extend(rows);
            if done {
                break;
            }
        }
        Ok(all)
    }

    /// Pages that each begin after the last row of the one before.
    async fn after_each_other<T>(
        &self,
        path: &str,
        limit: u32,
        after: &str,
        read: impl ReadRow<T>,
    ) -> Result<Vec<Row<T>>, Failure> {
        let join = if path.contains('?') { '&' } else { '?' };
        let first = format!("{path}{join}limit={limit}");
        let (mut all, mut next): (Vec<Row<T>>, String) = (Vec::new(), first.clone());
        for _ in 0..MOST_PAGES {
            let RowsPage { rows, rest, last } = self.page(&next, "data", &read).await?;
            all.extend(rows);
            match last.filter(|_| rest.get("has_more") == Some(&Json::Bool(true))) {
                Some(last) => next = format!("{first}&{after}={}", segment(&last)),
                None => break,
            }
        }
        Ok(all)
    }

    async fn results<T: Send + 'static>(
        &self,
        path: &str,
        limit: u32,
        expected: usize,
        read: impl ReadRow<T>,
    ) -> Result<Vec<Row<T>>, Failure> {
        let (first, most, length) = (paged(path, limit, 0), self.most_pages(), (limit as usize).max(1));
        let ahead: Vec<usize> = (length..expected).step_by(length).take(most - 1).collect();
        let (page, ahead) =
            tokio::join!(self.page(&first, "results", &read), self.pages(path, limit, &ahead, "results", &read));
        let RowsPage { rows: mut all, rest, .. } = page?;
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
                all.extend(self.pages(path, limit, group, "results", &read).await?.into_iter().flatten());
            }
            return Ok(all);
        }
        for _ in 0..MOST_PAGES {
            let RowsPage { rows, rest, .. } = self.page(&paged(path, limit, all.len()), "results", &read).await?;
            let done = rows.is_empty() || rest.get("next").is_none_or(Json::is_null);
            all.extend(rows);
            if done {
                break;
            }
        }
        Ok(all)
    }

    /// Pages at these offsets, fetched side by side, in their order.
    async fn pages<T: Send + 'static>(
        &self,
        path: &str,
        limit: u32,
        offsets: &[usize],
        key: &'static str,
        read: &impl ReadRow<T>,
    ) -> Result<Vec<Vec<Row<T>>>, Failure> {
        let mut pages = tokio::task::JoinSet::new();
        for (place, offset) in offsets.iter().enumerate() {
            let (client, path, read) = (self.clone(), paged(path, limit, *offset), read.clone());
            pages.spawn(async move { (place, client.page(&path, key, &read).await) });
        }
        let mut all: Vec<Vec<Row<T>>> = offsets.iter().map(|_| Vec::new()).collect();
        while let Some(page) = pages.join_next().await {
            // A page that is missing must not look like one that is empty.
            let Ok((place, page)) = page else { return Err(self.no_list(path, key)) };
            all[place] = page?.rows;
        }
        Ok(all)
    }

    /// One page, whose rows are read at once.
    async fn page<T>(&self, path: &str, key: &str, read: &impl ReadRow<T>) -> Result<RowsPage<T>, Failure> {
        let answer = self.send(&Call::bare("GET", path)).await?;
        let Json::Object(mut rest) = answer else { return Err(self.no_list(path, key)) };
        let Some(Json::Array(rows)) = rest.remove(key) else { return Err(self.no_list(path, key)) };
        let last = rows.last().and_then(|row| id_text(row.get("id")?));
        Ok(RowsPage { last, rows: rows.into_iter().map(|json| row(json, read)).collect(), rest })
    }

    fn no_list(&self, path: &str, key: &str) -> Failure {
        let (call, message) = (Call::bare("GET", path), format!("the answer has no list `{key}`"));
        Failure::of(self.who(), &call, Some(200), (FailureKind::Malformed, Certainty::NothingChanged), message)
    }
}

fn row<T>(json: Json, read: &impl ReadRow<T>) -> Row<T> {
    let id = json.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    Row { id, is: read(json) }
}

fn paged(path: &str, limit: u32, offset: usize) -> String {
    let join = if path.contains('?') { '&' } else { '?' };
    format!("{path}{join}limit={limit}&offset={offset}")
}

/// Rows by their ids, the first of each.
fn each_once<T>(rows: Vec<Row<T>>) -> Vec<T> {
    let mut seen = HashSet::with_capacity(rows.len());
    rows.into_iter().filter(|row| row.id.as_ref().is_none_or(|id| seen.insert(id.clone()))).map(|row| row.is).collect()
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
