//! Reading is total, and says what is wrong by its name.

#![allow(clippy::unwrap_used)]
use super::*;

shape! {
    /// Something with fields of each sort.
    pub struct Sample {
        name: String = "A name.", "Anna", { "minLength": 1, "maxLength": 5 };
        count: Option<u32> = "A number.", 3, { "minimum": 1, "maximum": 10 };
        seats: Edit<u32> = "Seats.", null;
        tags: Option<Vec<String>> = "Words.", ["a"];
        limits: Option<BTreeMap<String, Option<u32>>> = "Numbers by name.", { "x": null };
    }
}

fn read(value: Value) -> Result<Sample, Vec<(String, String)>> {
    let told = |wrongs: Vec<Wrong>| wrongs.into_iter().map(|wrong| (wrong.field, wrong.detail)).collect();
    Sample::read(value).map_err(told)
}

fn names(value: Value) -> Vec<String> {
    read(value).unwrap_err().into_iter().map(|(name, _)| name).collect()
}

#[test]
fn what_is_there_is_read_and_what_is_not_said_is_left() {
    let sample = read(json!({ "name": "Anna" })).unwrap();
    assert_eq!((sample.name.as_str(), sample.count, sample.seats), ("Anna", None, Edit::Keep));
    let sample = read(json!({ "name": "Anna", "count": 10, "seats": null, "limits": { "x": 3, "y": null } })).unwrap();
    assert_eq!((sample.count, sample.seats.change()), (Some(10), Some(None)));
    assert_eq!(sample.limits.unwrap(), BTreeMap::from([("x".to_owned(), Some(3)), ("y".to_owned(), None)]));
    assert_eq!(read(json!({ "name": "Anna", "seats": 3 })).unwrap().seats, Edit::Set(3));
    assert_eq!(read(Sample::example()).unwrap().write(), Sample::example());
}

#[test]
fn a_number_is_whole_however_it_is_written() {
    assert_eq!(read(json!({ "name": "Anna", "count": 3.0 })).unwrap().count, Some(3));
    for bad in [json!(2.5), json!(-3.0), json!(1e300), json!("3"), json!(11.0)] {
        assert_eq!(names(json!({ "name": "Anna", "count": bad })), ["count"]);
    }
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    assert_eq!(
        names(json!({ "count": 11, "name": "", "more": 1, "tags": ["a", 2] })),
        ["name", "count", "tags.1", "more"]
    );
    assert_eq!(names(json!({ "limits": { "x": -1 } })), ["name", "limits.x"]);
    for bad in [json!("x"), json!([]), json!(3), json!({ "name": null }), json!({ "name": "Annika" }), json!(null)] {
        assert!(read(bad.clone()).is_err(), "{bad}");
    }
    let (_, detail) = read(json!({ "name": "Anna", "nmae": 1 })).unwrap_err().pop().unwrap();
    assert!(detail.contains("there are name, count"), "{detail}");
}

#[test]
fn a_query_is_text_and_bounds_hold_in_it() {
    let query = |text: &str| Fields::of_query(text).and_then(Sample::take);
    let sample = query("name=A%20b&count=7").unwrap();
    assert_eq!((sample.name.as_str(), sample.count), ("A b", Some(7)));
    for bad in ["name=A&count=11", "name=A&count=x", "name=A&name=B", "count=3", "name=A&other=1", "name="] {
        assert!(query(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_schema_has_what_is_read() {
    let mut schemas = Schemas::default();
    assert_eq!(Sample::schema(&mut schemas), json!({ "$ref": "#/components/schemas/Sample" }));
    let schema = schemas.0.get("Sample").unwrap();
    assert_eq!(schema["required"], json!(["name"]));
    assert_eq!(schema["properties"]["name"]["maxLength"], json!(5));
    assert_eq!(schema["description"], json!("Something with fields of each sort."));
    assert_eq!(schema["additionalProperties"], json!(false));
}

/// Hostile bytes: nothing panics, and what is read is written as it was.
#[test]
fn fuzz_any_query_and_any_json_are_read_or_refused() {
    let mut seed = 7_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 40).unwrap()
    };
    let pieces = [
        "name", "=", "&", "count", "%", "%ff", "+", "9", "{", "}", "\"", ":", "[", "]", "null", ",", "-1", "é", "\u{0}",
    ];
    for _ in 0..20_000 {
        let length = next() % 12;
        let text: String = (0..length).map(|_| pieces[next() % pieces.len()]).collect();
        let _ = Fields::of_query(&text).and_then(Sample::take);
        if let Ok(value) = serde_json::from_str::<Value>(&text)
            && let Ok(sample) = Sample::read(value)
        {
            assert_eq!(Sample::read(sample.clone().write()).unwrap().name, sample.name);
        }
    }
}
