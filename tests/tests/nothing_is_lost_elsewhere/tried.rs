//! The benches, each on another place.

use crate::azure;
use crate::bucket::Bucket;
use crate::database::Database;
use crate::servers;
use crate::small::{FIRST, GONE, STACK, second, settles, world};
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::memory::InMemory;
use plg_test::{Bench, Ended, Points, TestBackend, World, bench};
use std::path::PathBuf;
use std::sync::Arc;

fn in_memory() -> Arc<Bucket> {
    let store = Arc::new(InMemory::new());
    Bucket::new(true, move || store.clone())
}

/// The small stack made, changed, replaced in part, removed and made again.
fn small(place: Arc<dyn TestBackend>, points: u64) -> Bench {
    bench(&STACK).then("replace", second().stack).kept_in(place).points(Points::About(points))
}

#[test]
fn an_object_store_that_the_requests_of_the_dead_reach_late() {
    let bucket = in_memory();
    let report = small(bucket.clone(), 30).run();
    let (arrived, refused) = bucket.late();
    println!("in an object store, a small stack\n{report}");
    println!("{arrived} requests arrived after their process was dead; {refused} of them were refused");
    assert!(refused > 0, "some come too late");
    assert!(arrived > refused, "and some do not");
}

#[test]
fn the_whole_stack_in_an_object_store() {
    let report = bench(&plg_stack::STACK).kept_in(in_memory()).points(Points::About(3)).run();
    println!("in an object store, the whole stack\n{report}");
}

#[test]
fn an_object_store_to_which_records_are_sent_together() {
    println!("in an object store, records gathered\n{}", small(in_memory(), 8).gathered().run());
}

/// Whoever takes the lock of the dead away dies of it too, at each of the first instants.
fn who_mends_dies_too(place: &Arc<dyn TestBackend>) {
    let mut deployed = world();
    deployed.keep_in(place.fork().unwrap());
    settles(&deployed, &FIRST, "the first version");
    let second = second();
    for operation in [&second, &GONE] {
        let undisturbed = deployed.fork(0);
        assert_eq!(undisturbed.run(operation).worked(), Ok(()));
        let world = deployed.fork(0);
        for at in (0..8).chain([undisturbed.passed() / 2]).chain(0..16) {
            let ended = world.run_until(operation, Some(at));
            assert!(matches!(ended, Ended::Died(_)), "instant {at}: {ended:?}");
        }
        settles(&world, operation, "after many deaths");
    }
}

#[test]
fn an_object_store_in_which_whoever_mends_dies_too() {
    let place: Arc<dyn TestBackend> = in_memory();
    who_mends_dies_too(&place);
}

/// One request to a place fails, before or after it was done, and the process lives on: it ends with
/// what failed, or as if nothing had been, and the next one brings everything in line. `copy` makes
/// a place with a deployed stack in it, of which one request will fail, and says whether it did.
fn a_place_in_trouble<P: TestBackend + 'static>(
    deployed: &World,
    step: usize,
    copy: impl Fn(u64, bool) -> (Arc<P>, Box<dyn Fn() -> bool>),
) {
    let second = second();
    for operation in [&second, &GONE] {
        for done in [false, true] {
            for after in (0..).step_by(step) {
                let story = format!("request {after} fails, and is {}done", if done { "" } else { "not " });
                let (place, is_ahead) = copy(after, done);
                let mut world = deployed.fork(0);
                world.keep_in(place);
                let _ = world.run(operation);
                let over = is_ahead();
                settles(&world, operation, &story);
                if over {
                    break;
                }
            }
        }
    }
}

#[test]
fn an_object_store_of_which_one_request_fails() {
    let bucket = in_memory();
    let mut deployed = world();
    deployed.keep_in(bucket.clone());
    settles(&deployed, &FIRST, "the first version");
    a_place_in_trouble(&deployed, 13, |after, done| {
        let place = bucket.copy().unwrap();
        place.fail(after, done);
        let same = place.clone();
        (place, Box::new(move || same.is_ahead()))
    });
}

#[test]
fn an_s3_server() {
    let Some(server) = servers::s3() else { return };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = server.url.clone();
    let client = move || -> Arc<dyn ObjectStore> {
        let builder = AmazonS3Builder::new().with_bucket_name("plg").with_region("us-east-1");
        let builder = builder.with_endpoint(&url).with_allow_http(true);
        Arc::new(builder.with_access_key_id("test").with_secret_access_key("test").build().unwrap())
    };
    println!("in an S3 server\n{}", small(Bucket::new(true, client), 1).run());
}

#[test]
fn an_azure_server() {
    let Some(server) = azure::server() else { return };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = format!("{}/devstoreaccount1", server.url);
    let client = move || -> Arc<dyn ObjectStore> {
        let builder = MicrosoftAzureBuilder::new().with_container_name("plg").with_account("devstoreaccount1");
        let builder = builder.with_access_key(azure::KEY).with_endpoint(url.clone()).with_allow_http(true);
        Arc::new(builder.build().unwrap())
    };
    println!("in an Azure server\n{}", small(Bucket::new(true, client), 1).run());
}

#[test]
fn a_postgresql() {
    let Some(server) = servers::postgres() else { return };
    let database: Arc<dyn TestBackend> = Database::of(&folder_of(&server));
    println!("in PostgreSQL\n{}", small(database.clone(), 5).run());
    who_mends_dies_too(&database);
}

#[test]
fn a_postgresql_of_which_one_statement_fails() {
    let Some(server) = servers::postgres() else { return };
    let database = Database::of(&folder_of(&server));
    let mut deployed = world();
    deployed.keep_in(database.clone());
    settles(&deployed, &FIRST, "the first version");
    a_place_in_trouble(&deployed, 41, |after, done| {
        let place = database.copy().unwrap();
        place.proxy().cut(after, done);
        let same = place.clone();
        (place, Box::new(move || same.proxy().is_ahead()))
    });
}

/// A socket's folder, as its address has it.
fn folder_of(server: &servers::Server) -> PathBuf {
    server.url.split('@').nth(1).and_then(|rest| rest.split('/').next()).unwrap().replace("%2F", "/").into()
}
