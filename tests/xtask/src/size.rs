//! Release size of what a customer downloads.

use crate::Result;
use crate::build::{cargo, target};
use std::process::Command;

pub fn run() -> Result {
    println!("Building the customer's program for release (several minutes) …");
    cargo(&["build", "--profile", "small", "-p", "lotse-customer", "-p", "lotse-driver-x11"])?;
    let mut whole = 0;
    let mut packed = 0;
    for name in ["lotse-customer", "liblotse_driver_x11.so"] {
        let file = target().join("small").join(name);
        let bytes = std::fs::metadata(&file)?.len();
        let xz =
            Command::new("xz").args(["-9", "--extreme", "--stdout", "--keep"]).arg(&file).output()?.stdout.len() as u64;
        println!("{name:<26} {:>6.2} MB   {:>6.2} MB under xz", bytes as f64 / 1e6, xz as f64 / 1e6);
        whole += bytes;
        packed += xz;
    }
    println!("{:<26} {:>6.2} MB   {:>6.2} MB under xz", "together", whole as f64 / 1e6, packed as f64 / 1e6);
    Ok(())
}
