//! The relay's numbers in the text format of Prometheus (prometheus.io/docs/instrumenting/exposition_formats).
//!
//! Every number is taken from where it is counted anyway. Labels are words of this program, never of its users.

use crate::counters::Counters;
use crate::hub::{AuditKind, Figures};
use lotse_forwarder::MetricsReport;
use std::fmt::Write;

/// Everything there is to tell.
pub fn page(ready: bool, figures: &Figures, counters: &Counters, packets: &MetricsReport) -> String {
    let mut page = Page(String::with_capacity(8 * 1024));
    page.process(ready, counters);
    page.hub(figures);
    page.forwarder(packets);
    page.counted(counters);
    page.0
}

/// What a family's numbers may do.
#[derive(Clone, Copy)]
enum Kind {
    Gauge,
    Counter,
}

struct Page(String);

impl Page {
    fn process(&mut self, ready: bool, counters: &Counters) {
        let version = Some(("version", env!("CARGO_PKG_VERSION")));
        self.family(Kind::Gauge, "lotse_build_info", "Always 1; the label is the relay's version.", &[(version, 1)]);
        let started_s = u64::try_from(counters.started_s()).unwrap_or(0);
        let help = "When the relay was started, in seconds since 1970.";
        self.one(Kind::Gauge, "process_start_time_seconds", help, started_s);
        self.one(Kind::Gauge, "lotse_ready", "1 while programs can work with the relay.", u64::from(ready));
    }

    fn hub(&mut self, figures: &Figures) {
        let Figures {
            rep_connections,
            customer_connections,
            reps_signed_in,
            codes,
            sessions_open,
            sessions_pairing,
            sessions_running,
            questions_waiting,
            questions_offered,
        } = *figures;
        let sides = [(Some(("side", "rep")), rep_connections), (Some(("side", "customer")), customer_connections)];
        self.family(Kind::Gauge, "lotse_connections", "Programs connected now.", &sides);
        self.one(Kind::Gauge, "lotse_reps_signed_in", "Sign-ins with a connection.", reps_signed_in);
        self.one(Kind::Gauge, "lotse_codes_open", "Join codes that lead somewhere.", codes);
        let stage = |name| Some(("stage", name));
        let stages = [
            (stage("open"), sessions_open),
            (stage("pairing"), sessions_pairing),
            (stage("running"), sessions_running),
        ];
        self.family(Kind::Gauge, "lotse_sessions", "Sessions by how far they are.", &stages);
        let help = "Questions of customers that wait for a rep.";
        self.one(Kind::Gauge, "lotse_questions_waiting", help, questions_waiting);
        let help = "Those of them that are offered to a rep at this moment.";
        self.one(Kind::Gauge, "lotse_questions_offered", help, questions_offered);
    }

    fn forwarder(&mut self, report: &MetricsReport) {
        let MetricsReport {
            packets,
            bytes,
            legs,
            binds,
            refusals,
            dropped_unbound,
            dropped_alone,
            dropped_malformed,
            dropped_unsent,
        } = *report;
        self.one(Kind::Gauge, "lotse_forwarder_legs", "Ends of sessions whose packets are forwarded now.", legs);
        self.one(Kind::Counter, "lotse_forwarder_packets_total", "Packets forwarded.", packets);
        self.one(Kind::Counter, "lotse_forwarder_bytes_total", "Bytes forwarded, without headers.", bytes);
        let reason = |name| Some(("reason", name));
        let dropped = [
            (reason("unbound"), dropped_unbound),
            (reason("alone"), dropped_alone),
            (reason("malformed"), dropped_malformed),
            (reason("unsent"), dropped_unsent),
        ];
        self.family(Kind::Counter, "lotse_forwarder_dropped_packets_total", "Packets not forwarded.", &dropped);
        self.one(Kind::Counter, "lotse_forwarder_binds_total", "Proofs of a ticket taken, keepalives too.", binds);
        self.one(Kind::Counter, "lotse_forwarder_refusals_total", "Tickets not taken.", refusals);
    }

    fn counted(&mut self, counters: &Counters) {
        let failures = counters.audit(AuditKind::SignInFailed) + counters.audit(AuditKind::SignInSlowed);
        let help = "Sign-ins with a wrong ID or password, or slowed down for it.";
        self.one(Kind::Counter, "lotse_sign_in_failures_total", help, failures);
        let lines = AuditKind::ALL.map(|kind| (Some(("kind", kind.name())), counters.audit(kind)));
        self.family(Kind::Counter, "lotse_audit_lines_total", "What the audit log was told.", &lines);
        let help = "Lines that found no room and are missing in the audit log.";
        self.one(Kind::Counter, "lotse_audit_lines_lost_total", help, counters.audit_lost());
        let help = "What the database could not do; the log says what.";
        self.one(Kind::Counter, "lotse_store_errors_total", help, counters.store_errors());
        let ends_s = u64::try_from(counters.certificate_ends_s()).unwrap_or(0);
        let help = "When the certificate by ACME ends, in seconds since 1970; 0 without one.";
        self.one(Kind::Gauge, "lotse_certificate_end_time_seconds", help, ends_s);
        let help = "Certificates that an authority gave out by ACME.";
        self.one(Kind::Counter, "lotse_certificates_total", help, counters.certificates());
        let help = "How often an authority was asked for a certificate and gave out none; the log says why.";
        self.one(Kind::Counter, "lotse_certificate_failures_total", help, counters.certificate_failures());
    }

    fn one(&mut self, kind: Kind, name: &str, help: &str, value: u64) {
        self.family(kind, name, help, &[(None, value)]);
    }

    fn family(&mut self, kind: Kind, name: &str, help: &str, samples: &[(Option<(&str, &str)>, u64)]) {
        let kind = match kind {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (label, value) in samples {
            let _ = match label {
                Some((label, text)) => writeln!(self.0, "{name}{{{label}=\"{text}\"}} {value}"),
                None => writeln!(self.0, "{name} {value}"),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_family_says_what_it_is_and_stands_there_once() {
        let figures = Figures { rep_connections: 3, sessions_running: 2, questions_waiting: 5, ..Figures::default() };
        let counters = Counters::start();
        counters.count_audit(AuditKind::SignInFailed);
        counters.count_store_error();
        counters.set_certificate_end(1_800_000_000);
        counters.count_certificate_failure();
        let packets = MetricsReport { bytes: 1_000, dropped_alone: 4, ..MetricsReport::default() };
        let text = page(true, &figures, &counters, &packets);
        for line in [
            "lotse_ready 1",
            "lotse_connections{side=\"rep\"} 3",
            "lotse_connections{side=\"customer\"} 0",
            "lotse_sessions{stage=\"running\"} 2",
            "lotse_questions_waiting 5",
            "lotse_questions_offered 0",
            "lotse_forwarder_bytes_total 1000",
            "lotse_forwarder_dropped_packets_total{reason=\"alone\"} 4",
            "lotse_sign_in_failures_total 1",
            "lotse_audit_lines_total{kind=\"sign-in-failed\"} 1",
            "lotse_store_errors_total 1",
            "lotse_certificate_end_time_seconds 1800000000",
            "lotse_certificates_total 0",
            "lotse_certificate_failures_total 1",
        ] {
            assert!(text.lines().any(|there| there == line), "{line} is missing in\n{text}");
        }
        let mut families = HashSet::new();
        let mut family = "";
        for line in text.lines() {
            if let Some(about) = line.strip_prefix("# TYPE ") {
                let (name, kind) = about.split_once(' ').unwrap();
                assert!(families.insert(name), "{name} is there twice");
                assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
                family = name;
            } else if !line.starts_with('#') {
                let (sample, value) = line.rsplit_once(' ').unwrap();
                assert_eq!(sample.split('{').next(), Some(family));
                value.parse::<u64>().unwrap();
            }
        }
        assert!(text.ends_with('\n') && families.len() > 10);
    }
}
