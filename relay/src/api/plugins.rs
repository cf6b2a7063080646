//! Plugins that are here, and what an account gets of them.

use super::page::Page;
use super::problem::Problem;
use super::route::{Answer, Call};
use super::shape::{Nothing, shape};
use super::shown::{Plugin, PluginRule};
use crate::manage;
use crate::registry::Rule;
use lotse_package::PluginId;

shape! {
    /// What an account is to get of a plugin. Acts on the next session.
    pub struct PluginRuleBody {
        rule: String = "A range of versions as Cargo writes it, such as ^1.2, * for any, or off for none.", "^1.2",
            { "minLength": 1, "maxLength": 200 };
    }
}

pub(super) async fn list(call: Call, _: Nothing, _: Nothing) -> Result<Answer<Page<Plugin>>, Problem> {
    let account = call.account()?.id;
    let (_, mut rules) = call.store().plugin_rules().await.map_err(|error| call.problem(&error))?;
    let rules = rules.remove(&account).unwrap_or_default();
    let items = call.shared.registry.resolved(&rules, |plugin| Plugin::of(plugin, &rules));
    Ok(Answer::of(Page { items, next: None }))
}

pub(super) async fn set_rule(call: Call, _: Nothing, body: PluginRuleBody) -> Result<Answer<PluginRule>, Problem> {
    let rule = match body.rule.as_str() {
        "off" => Rule::Off,
        text => Rule::Versions(manage::range(text).map_err(|why| Problem::field("rule", why))?),
    };
    change(&call, Some(rule)).await
}

pub(super) async fn take_rule_away(call: Call, _: Nothing, _: Nothing) -> Result<Answer<PluginRule>, Problem> {
    change(&call, None).await
}

async fn change(call: &Call, rule: Option<Rule>) -> Result<Answer<PluginRule>, Problem> {
    let plugin: PluginId = call.param("plugin").parse().map_err(|_| Problem::missing("plugin"))?;
    let plugin = plugin.to_string();
    let account = &call.account()?.name;
    let changed = manage::set_plugin_rule(call.store(), account, &plugin, rule.as_ref(), &call.by()).await;
    changed.map_err(|error| call.problem(&error))?;
    Ok(Answer::of(PluginRule { plugin, rule: rule.as_ref().map(ToString::to_string) }))
}
