//! File transfer beside a bare quinn stream, scp, rsync and magic-wormhole, in rounds that take turns.
//!
//! scp and rsync run over a server of ssh that is started for it, magic-wormhole over a mailbox of its own, so that nothing
//! leaves this computer.

mod peers;

use crate::Result;
use crate::build::{cargo, target};
use peers::Peers;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROUNDS: usize = 5;

/// What one row took in one round.
#[derive(Clone, Copy)]
struct Taken {
    mb_s: f64,
    /// Processor seconds of the machine per GB.
    cost: f64,
}

/// Rows by name, in the order in which they first came.
#[derive(Default)]
struct Table(Vec<(String, Vec<Taken>)>);

impl Table {
    fn add(&mut self, name: &str, taken: Taken) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, rounds)) => rounds.push(taken),
            None => self.0.push((name.to_owned(), vec![taken])),
        }
    }

    fn median(&self, name: &str) -> Option<Taken> {
        let (_, rounds) = self.0.iter().find(|(known, _)| known == name)?;
        let of = |figure: fn(&Taken) -> f64| {
            let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
            figures.sort_by(f64::total_cmp);
            figures.get(figures.len() / 2).copied()
        };
        Some(Taken { mb_s: of(|taken| taken.mb_s)?, cost: of(|taken| taken.cost)? })
    }

    fn print(&self) {
        println!("{:<36}{:>8}   {:>14}", "medians", "MB/s", "CPU s per GB");
        for (name, _) in &self.0 {
            if let Some(Taken { mb_s, cost }) = self.median(name) {
                println!("{name:<36}{mb_s:>8.1}   {cost:>14.2}");
            }
        }
    }

    fn print_ratio(&self, what: &str, to: &str, goal: &str) {
        if let (Some(ours), Some(theirs)) = (self.median(what), self.median(to)) {
            println!(
                "{what} : {to} = {:.2} in MB/s, {:.2} in CPU s{goal}",
                ours.mb_s / theirs.mb_s,
                ours.cost / theirs.cost
            );
        }
    }
}

pub fn run(mib: &str) -> Result {
    let mib: u64 = mib.parse().map_err(|_| "bench files takes a size in MiB, such as 1024")?;
    println!("\n# Files: {mib} MiB on loopback, medians of {ROUNDS} rounds in turn");
    cargo(&["build", "--release", "-p", "lotse-transport", "--example", "bare"])?;
    cargo(&["build", "--release", "-p", "lotse-engine", "--example", "files"])?;
    let examples = target().join("release/examples");
    let place = place(mib);
    println!("on {}", place.display());
    let peers = Peers::start(mib << 20, &place)?;
    let mut table = Table::default();
    for round in 0..ROUNDS {
        let mut programs = ["bare", "files"];
        // Neither is always the one that comes first.
        programs.rotate_left(round % 2);
        for program in programs {
            rows(&examples.join(program), &place, mib, &mut table)?;
        }
        for (name, taken) in peers.round() {
            table.add(name, taken);
        }
    }
    table.print();
    table.print_ratio("file transfer", "bare stream, straight", " (0.9 is the goal)");
    table.print_ratio("file transfer", "bare stream, through a forwarder", "");
    for peer in peers::NAMES {
        table.print_ratio("file transfer", peer, "");
    }
    table.print_ratio("one file of 40 MiB", "10,000 files of 4 KiB", " (1.5 is the goal)");
    table.print_ratio("one file, only copied", "the 10,000, only copied", "");
    Ok(())
}

/// A disk in memory, if there is one with room for a few of these files: how fast another writes is not what is asked. Else the
/// folder of what is built.
fn place(mib: u64) -> PathBuf {
    let memory = Path::new("/dev/shm");
    let told = Command::new("df").args(["--output=avail", "--block-size=1M"]).arg(memory).output();
    let told = told.ok().and_then(|out| String::from_utf8(out.stdout).ok());
    let free: Option<u64> = told.and_then(|text| text.lines().nth(1)?.trim().parse().ok());
    if free.is_some_and(|free| free > 4 * mib) { memory.to_owned() } else { target() }
}

/// One round of a program that prints its rows between tabs.
fn rows(program: &Path, place: &Path, mib: u64, table: &mut Table) -> Result {
    let out = Command::new(program).arg(mib.to_string()).env("TMPDIR", place).output()?;
    if !out.status.success() {
        return Err(format!("{}: {}", program.display(), String::from_utf8_lossy(&out.stderr)).into());
    }
    for line in String::from_utf8_lossy(&out.stdout).lines() {
        let mut words = line.split('\t');
        let (Some(name), Some(Ok(mb_s)), Some(Ok(cost))) =
            (words.next(), words.next().map(str::parse), words.next().map(str::parse))
        else {
            return Err(format!("{} printed no row: {line}", program.display()).into());
        };
        table.add(name, Taken { mb_s, cost });
    }
    Ok(())
}
