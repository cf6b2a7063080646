//! The API's document in OpenAPI 3.1, made of the table of routes and the shapes that they take and answer.

use super::problem;
use super::route::{Reach, Route};
use super::routes::ROUTES;
use super::scope::Scope;
use super::shape::{Described, Schemas};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// Where it is answered, to anybody.
pub const PATH: &str = "/api/v1/openapi.json";
/// How the scheme of tokens is called in it.
const SCHEME: &str = "token";

static TEXT: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", document()));

/// `GET`.
pub async fn serve() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (StatusCode::OK, headers, TEXT.as_str()).into_response()
}

/// The document.
pub fn document() -> Value {
    let mut schemas = Schemas::default();
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES.iter() {
        let operation = operation(route, &mut schemas);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.verb.name().to_owned(), operation);
        }
    }
    let Schemas(mut schemas) = schemas;
    schemas.insert("Problem".to_owned(), problem::schema());
    let scopes: Vec<String> =
        Scope::ALL.into_iter().map(|scope| format!("`{}`: {}", scope.name(), scope.about())).collect();
    let about = format!("A token made by `lotse-relay token add`. Scopes: {}.", scopes.join("; "));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Lotse relay",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the Management Center and the command line do, for scripts and other programs. \
                Changes act on running programs within two seconds.",
            "license": { "name": "Apache-2.0 OR MIT" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ SCHEME: [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { SCHEME: { "type": "http", "scheme": "bearer", "description": about } },
            "responses": {
                "Problem": {
                    "description": "What went wrong and what to do.",
                    "content": {
                        "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } },
                    },
                },
            },
        },
    })
}

fn operation(route: &Route, schemas: &mut Schemas) -> Value {
    let head = &route.head;
    let mut parameters = parts_of(route.path);
    parameters.extend((route.query)(schemas).into_iter().map(in_query));
    if !route.verb.only_looks() {
        parameters.push(header_parameter(
            "Idempotency-Key",
            false,
            "A text of the client's own, such as a UUID: the request is carried out once, however often it is sent within 24 hours, \
                and answered alike. A problem of the type `unknown` says that it may have been done or not. If the relay \
                itself stops in the midst, the key is new again after two minutes.",
        ));
    }
    if head.seen || head.may_see {
        let mut parameter = header_parameter("If-Match", head.seen, "The `ETag` that was seen, or `*`.");
        if let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) {
            schema.insert("pattern".to_owned(), json!("^(\\*|\"[!#-~]+\")$"));
        }
        parameters.push(parameter);
    }
    let answered = (route.answer)(schemas);
    let mut success = json!({ "description": if answered.is_null() { "It is done." } else { "As things stand." } });
    if let (Some(success), false) = (success.as_object_mut(), answered.is_null()) {
        success.insert("content".to_owned(), json!({ "application/json": { "schema": answered } }));
    }
    let mut operation = json!({
        "operationId": head.name,
        "summary": head.about,
        "description": who_may(route),
        "tags": [tag(route.path)],
        "parameters": parameters,
        "responses": {
            head.success.as_str(): success,
            "default": { "$ref": "#/components/responses/Problem" },
        },
    });
    let taken = (route.body)(schemas);
    if let (Some(operation), false) = (operation.as_object_mut(), taken.is_null()) {
        let content = json!({ "application/json": { "schema": taken, "example": (route.example)() } });
        operation.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    operation
}

fn who_may(route: &Route) -> String {
    let scope = match route.head.scope {
        Some(scope) => format!("Needs the scope `{}`", scope.name()),
        None => "Needs no scope".to_owned(),
    };
    let reach = match route.head.reach {
        Reach::Own => "; shows what the token reaches.",
        Reach::Relay | Reach::AccountByRelay => "; for tokens of the whole relay.",
        Reach::Account => "; for tokens of the whole relay and of this account.",
    };
    scope + reach
}

/// The last part of a path that is a name.
fn tag(path: &str) -> &str {
    let mut names = path.trim_start_matches("/api/v1/").split('/').filter(|part| !part.starts_with('{'));
    let first = names.next().unwrap_or_default();
    names.next().unwrap_or(first)
}

/// Parts of a path that stand for something.
fn parts_of(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let described = |name: &str| {
        let schema = match name {
            "feature" | "plugin" | "portal" => json!({ "type": "string" }),
            "session" => json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" }),
            _ => json!({ "type": "integer", "format": "int64" }),
        };
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    };
    names.map(described).collect()
}

fn in_query(described: Described) -> Value {
    let Described { name, about, required, mut schema } = described;
    // In a query there is no null: what is not said is not there.
    let of = schema.get("anyOf").and_then(|all| all.get(0)).cloned();
    if let (Some(schema), Some(Value::Object(of))) = (schema.as_object_mut(), of) {
        schema.remove("anyOf");
        schema.extend(of);
    }
    json!({ "name": name, "in": "query", "required": required, "description": about, "schema": schema })
}

fn header_parameter(name: &str, required: bool, about: &str) -> Value {
    json!({
        "name": name, "in": "header", "required": required, "description": about,
        "schema": { "type": "string", "minLength": 1, "maxLength": 128 },
    })
}
