//! What stands in requests and answers: read, written and described by one definition, so that none of the three can differ.
//!
//! `shape!` declares an object with its fields. Reading is total: unknown names, missing fields, wrong types and values out of
//! bounds are all told at once, each by its name.

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Why one field cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Its name; with a dot between where it is within another.
    pub field: String,
    pub detail: String,
}

/// Of what is not within an object.
pub fn wrong(detail: impl Into<String>) -> Vec<Wrong> {
    vec![Wrong { field: String::new(), detail: detail.into() }]
}

fn within(field: &str, wrongs: Vec<Wrong>) -> Vec<Wrong> {
    let named = |wrong: Wrong| {
        let dot = if wrong.field.is_empty() { "" } else { "." };
        Wrong { field: format!("{field}{dot}{}", wrong.field), detail: wrong.detail }
    };
    wrongs.into_iter().map(named).collect()
}

/// Schemas of objects by their names, as a document holds them.
#[derive(Default)]
pub struct Schemas(pub Map<String, Value>);

impl Schemas {
    /// What a document refers to an object by; its schema is made when it is first asked for.
    fn named(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.0.contains_key(name) {
            // Known by its name before it is made, so that it may hold itself.
            self.0.insert(name.to_owned(), Value::Null);
            let schema = make(self);
            self.0.insert(name.to_owned(), schema);
        }
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }
}

/// Something that can stand in JSON.
pub trait Shape: Sized {
    /// As JSON Schema has it.
    fn schema(schemas: &mut Schemas) -> Value;
    /// Reads it; total.
    fn read(value: Value) -> Result<Self, Vec<Wrong>>;
    /// Reads it from a query, where everything is text.
    fn read_text(text: String) -> Result<Self, Vec<Wrong>> {
        Self::read(Value::String(text))
    }
    fn write(self) -> Value;
    /// What it is where nothing is said; `None`: something must be said.
    fn absent() -> Option<Self> {
        None
    }
}

/// An object with named fields.
pub trait Record: Shape {
    /// Its fields, in order.
    fn fields(schemas: &mut Schemas) -> Vec<Described>;
    /// Reads them.
    fn take(fields: Fields) -> Result<Self, Vec<Wrong>>;
    /// As a request or answer could have it.
    fn example() -> Value;
}

/// One field as a document has it.
pub struct Described {
    pub name: &'static str,
    pub about: &'static str,
    pub required: bool,
    pub schema: Value,
}

/// Fields of an object that is being read.
pub struct Fields {
    map: Map<String, Value>,
    from_text: bool,
    known: Vec<&'static str>,
    wrongs: Vec<Wrong>,
}

impl Fields {
    /// Of a JSON object.
    pub fn of(value: Value) -> Result<Self, Vec<Wrong>> {
        match value {
            Value::Object(map) => Ok(Self { map, from_text: false, known: vec![], wrongs: vec![] }),
            // A request without a body has no fields.
            Value::Null => Self::of(Value::Object(Map::new())),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Err(wrong("must be an object")),
        }
    }

    /// Of a query. A name that stands twice is wrong: which one was meant?
    pub fn of_query(query: &str) -> Result<Self, Vec<Wrong>> {
        let mut fields = Self { map: Map::new(), from_text: true, known: vec![], wrongs: vec![] };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if fields.map.insert(name.to_string(), Value::String(value.into_owned())).is_some() {
                fields.wrongs.push(Wrong { field: name.into_owned(), detail: "stands there twice".into() });
            }
        }
        if fields.wrongs.is_empty() { Ok(fields) } else { Err(fields.wrongs) }
    }

    /// The field of a name; `None` is noted and makes [`Self::done`] fail.
    pub fn take<T: Shape>(&mut self, name: &'static str, facts: &Value) -> Option<T> {
        self.known.push(name);
        let read = match self.map.remove(name) {
            None => T::absent().ok_or_else(|| wrong("is missing")),
            Some(value) => match broken_fact(facts, &value, self.from_text) {
                Some(detail) => Err(wrong(detail)),
                None => match value {
                    Value::String(text) if self.from_text => T::read_text(text),
                    value => T::read(value),
                },
            },
        };
        read.map_err(|wrongs| self.wrongs.extend(within(name, wrongs))).ok()
    }

    /// After every field was taken: whether nothing was wrong and nothing is left.
    pub fn done(mut self) -> Result<(), Vec<Wrong>> {
        for name in self.map.keys() {
            let known = self.known.join(", ");
            let detail = if known.is_empty() {
                "is not known here: nothing can be said".to_owned()
            } else {
                format!("is not known here: there are {known}")
            };
            self.wrongs.push(Wrong { field: name.chars().take(80).collect(), detail });
        }
        if self.wrongs.is_empty() { Ok(()) } else { Err(self.wrongs) }
    }
}

/// What a value breaks of what its schema says of lengths and bounds.
fn broken_fact(facts: &Value, value: &Value, from_text: bool) -> Option<String> {
    let fact = |name: &str| facts.get(name).and_then(Value::as_i64);
    let number = match value {
        Value::String(text) if from_text => text.parse().ok(),
        other => whole(other.clone()).as_i64(),
    };
    if let Some(number) = number {
        let (least, most) = (fact("minimum").unwrap_or(i64::MIN), fact("maximum").unwrap_or(i64::MAX));
        return (number < least || number > most).then(|| format!("must be between {least} and {most}"));
    }
    let Value::String(text) = value else { return None };
    let chars = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let (least, most) = (fact("minLength").unwrap_or(0), fact("maxLength").unwrap_or(i64::MAX));
    (chars < least || chars > most).then(|| format!("must have {least} to {most} characters"))
}

/// The schema of an object.
pub fn object<T: Record>(name: &str, about: &str, schemas: &mut Schemas) -> Value {
    schemas.named(name, |schemas| {
        let fields = T::fields(schemas);
        let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
        let mut properties = Map::new();
        for Described { name, about, schema, .. } in &fields {
            properties.insert((*name).to_owned(), described(schema.clone(), about));
        }
        json!({
            "type": "object", "description": about.trim(), "properties": properties, "required": required,
            "additionalProperties": false, "examples": [T::example()],
        })
    })
}

/// A schema with words. Beside a reference they have their place since JSON Schema 2020-12, which OpenAPI 3.1 uses.
fn described(mut schema: Value, about: &str) -> Value {
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), Value::String(about.to_owned()));
    }
    schema
}

/// A schema with further facts.
pub fn with_facts(mut schema: Value, facts: Value) -> Value {
    if let (Some(schema), Value::Object(facts)) = (schema.as_object_mut(), facts) {
        schema.extend(facts);
    }
    schema
}

/// `shape! { /// What it is. pub struct Name { field: Type = "what", example, { "maximum": 3 }; } }`
macro_rules! shape {
    ($(#[doc = $about:literal])+ pub struct $name:ident {
        $($field:ident: $type:ty = $words:literal, $example:tt $(, $facts:tt)?;)*
    }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $(#[doc = $words] pub $field: $type,)*
        }

        impl $crate::api::shape::Shape for $name {
            fn schema(schemas: &mut $crate::api::shape::Schemas) -> ::serde_json::Value {
                $crate::api::shape::object::<Self>(stringify!($name), concat!($($about),+), schemas)
            }

            fn read(value: ::serde_json::Value) -> Result<Self, Vec<$crate::api::shape::Wrong>> {
                <Self as $crate::api::shape::Record>::take($crate::api::shape::Fields::of(value)?)
            }

            fn write(self) -> ::serde_json::Value {
                let fields: [(&str, ::serde_json::Value); $crate::api::shape::count!($($field)*)] =
                    [$((stringify!($field), $crate::api::shape::Shape::write(self.$field)),)*];
                fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }
        }

        impl $crate::api::shape::Record for $name {
            fn fields(schemas: &mut $crate::api::shape::Schemas) -> Vec<$crate::api::shape::Described> {
                vec![$($crate::api::shape::Described {
                    name: stringify!($field),
                    about: $words,
                    required: <$type as $crate::api::shape::Shape>::absent().is_none(),
                    schema: $crate::api::shape::with_facts(
                        <$type as $crate::api::shape::Shape>::schema(schemas),
                        $crate::api::shape::facts!($($facts)?),
                    ),
                },)*]
            }

            fn take(mut fields: $crate::api::shape::Fields) -> Result<Self, Vec<$crate::api::shape::Wrong>> {
                $(let $field: Option<$type> =
                    fields.take(stringify!($field), &$crate::api::shape::facts!($($facts)?));)*
                fields.done()?;
                // Nothing was wrong, so everything is there.
                let taken = || Some(Self { $($field: $field?,)* });
                taken().ok_or_else(|| $crate::api::shape::wrong("is not whole"))
            }

            fn example() -> ::serde_json::Value {
                let fields: [(&str, ::serde_json::Value); $crate::api::shape::count!($($field)*)] =
                    [$((stringify!($field), ::serde_json::json!($example)),)*];
                fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }
        }
    };
}

macro_rules! facts {
    () => {
        ::serde_json::Value::Null
    };
    ($facts:tt) => {
        ::serde_json::json!($facts)
    };
}

macro_rules! count {
    () => { 0 };
    ($one:ident $($more:ident)*) => { 1 + $crate::api::shape::count!($($more)*) };
}

pub(crate) use {count, facts, shape};

impl Shape for String {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string" })
    }

    fn read(value: Value) -> Result<Self, Vec<Wrong>> {
        match value {
            Value::String(text) => Ok(text),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                Err(wrong("must be a text"))
            }
        }
    }

    fn write(self) -> Value {
        Value::String(self)
    }
}

/// Comes in and never goes out.
impl Shape for lotse_protocol::control::Secret {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "format": "password", "writeOnly": true })
    }

    fn read(value: Value) -> Result<Self, Vec<Wrong>> {
        String::read(value).map(Self)
    }

    fn write(self) -> Value {
        Value::Null
    }
}

impl Shape for bool {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "boolean" })
    }

    fn read(value: Value) -> Result<Self, Vec<Wrong>> {
        value.as_bool().ok_or_else(|| wrong("must be true or false"))
    }

    fn read_text(text: String) -> Result<Self, Vec<Wrong>> {
        text.parse().map_err(|_| wrong("must be true or false"))
    }

    fn write(self) -> Value {
        Value::Bool(self)
    }
}

/// In JSON 2.0 is a whole number, too, and some clients write all of theirs so.
fn whole(value: Value) -> Value {
    match value.as_f64() {
        Some(number) if value.is_f64() && number.fract() == 0.0 && number.abs() <= LARGEST_EXACT => {
            format!("{number:.0}").parse::<i64>().map_or(value, Value::from)
        }
        Some(_) | None => value,
    }
}

/// Above it a floating-point number may stand for another whole number than was meant.
const LARGEST_EXACT: f64 = 9_007_199_254_740_991.0;

macro_rules! whole_number {
    ($($type:ty, $format:literal;)+) => { $(
        impl Shape for $type {
            fn schema(_: &mut Schemas) -> Value {
                json!({ "type": "integer", "format": $format })
            }

            fn read(value: Value) -> Result<Self, Vec<Wrong>> {
                serde_json::from_value(whole(value)).map_err(|_| wrong("must be a whole number within bounds"))
            }

            fn read_text(text: String) -> Result<Self, Vec<Wrong>> {
                text.parse().map_err(|_| wrong("must be a whole number within bounds"))
            }

            fn write(self) -> Value {
                json!(self)
            }
        }
    )+ };
}

whole_number! {
    i64, "int64";
    u64, "int64";
    u32, "int64";
}

/// `null` and not being there are the same.
impl<T: Shape> Shape for Option<T> {
    fn schema(schemas: &mut Schemas) -> Value {
        json!({ "anyOf": [T::schema(schemas), { "type": "null" }] })
    }

    fn read(value: Value) -> Result<Self, Vec<Wrong>> {
        if value.is_null() { Ok(None) } else { T::read(value).map(Some) }
    }

    fn read_text(text: String) -> Result<Self, Vec<Wrong>> {
        T::read_text(text).map(Some)
    }

    fn write(self) -> Value {
        self.map_or(Value::Null, T::write)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// What a change says of something that may be there or not: nothing, that there is none (`null`), or what it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Edit<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T> Edit<T> {
    /// As the store has it: `None` leaves as it is, the inner one clears.
    pub fn change(self) -> Option<Option<T>> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(None),
            Self::Set(value) => Some(Some(value)),
        }
    }
}

impl<T: Shape> Shape for Edit<T> {
    fn schema(schemas: &mut Schemas) -> Value {
        json!({ "anyOf": [T::schema(schemas), { "type": "null" }] })
    }

    fn read(value: Value) -> Result<Self, Vec<Wrong>> {
        if value.is_null() { Ok(Self::Clear) } else { T::read(value).map(Self::Set) }
    }

    fn write(self) -> Value {
        match self {
            Self::Keep | Self::Clear => Value::Null,
            Self::Set(value) => value.write(),
        }
    }

    fn absent() -> Option<Self> {
        Some(Self::Keep)
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn schema(schemas: &mut Schemas) -> Value {
        json!({ "type": "array", "items": T::schema(schemas) })
    }

    fn read(value: Value) -> Result<Self, Vec<Wrong>> {
        let Value::Array(items) = value else { return Err(wrong("must be a list")) };
        let read = |(at, item): (usize, Value)| T::read(item).map_err(|wrongs| within(&at.to_string(), wrongs));
        items.into_iter().enumerate().map(read).collect()
    }

    fn write(self) -> Value {
        self.into_iter().map(T::write).collect()
    }
}

impl Shape for BTreeSet<String> {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "array", "items": { "type": "string" }, "uniqueItems": true })
    }

    fn read(value: Value) -> Result<Self, Vec<Wrong>> {
        Vec::<String>::read(value).map(Self::from_iter)
    }

    fn write(self) -> Value {
        self.into_iter().map(Value::String).collect()
    }
}

/// By names that are not known here.
impl<T: Shape> Shape for BTreeMap<String, T> {
    fn schema(schemas: &mut Schemas) -> Value {
        json!({ "type": "object", "additionalProperties": T::schema(schemas) })
    }

    fn read(value: Value) -> Result<Self, Vec<Wrong>> {
        let Value::Object(map) = value else { return Err(wrong("must be an object")) };
        let mut read = Self::new();
        for (name, value) in map {
            let value = T::read(value).map_err(|wrongs| within(&name, wrongs))?;
            read.insert(name, value);
        }
        Ok(read)
    }

    fn write(self) -> Value {
        self.into_iter().map(|(name, value)| (name, value.write())).collect()
    }
}

/// Words of which one is meant.
macro_rules! choice {
    ($type:ty: $($variant:ident)+) => {
        impl $crate::api::shape::Shape for $type {
            fn schema(_: &mut $crate::api::shape::Schemas) -> ::serde_json::Value {
                ::serde_json::json!({ "type": "string", "enum": [$(<$type>::$variant.name()),+] })
            }

            fn read(value: ::serde_json::Value) -> Result<Self, Vec<$crate::api::shape::Wrong>> {
                let found = [$(<$type>::$variant),+].into_iter().find(|known| value == known.name());
                let names = || [$(<$type>::$variant.name()),+].join(", ");
                found.ok_or_else(|| $crate::api::shape::wrong(format!("must be one of {}", names())))
            }

            fn write(self) -> ::serde_json::Value {
                ::serde_json::Value::String(self.name().to_owned())
            }
        }
    };
}

pub(crate) use choice;

/// No body, no query, no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nothing;

impl Shape for Nothing {
    fn schema(_: &mut Schemas) -> Value {
        Value::Null
    }

    fn read(value: Value) -> Result<Self, Vec<Wrong>> {
        Self::take(Fields::of(value)?)
    }

    fn write(self) -> Value {
        Value::Null
    }
}

impl Record for Nothing {
    fn fields(_: &mut Schemas) -> Vec<Described> {
        vec![]
    }

    fn take(fields: Fields) -> Result<Self, Vec<Wrong>> {
        fields.done().map(|()| Self)
    }

    fn example() -> Value {
        json!({})
    }
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
