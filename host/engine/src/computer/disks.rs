//! Disks with their sizes: what is mounted from a device of this computer. Disks of the network are not asked: one that is gone
//! would hold up everything.

use super::{Groups, number, text};
use std::collections::BTreeSet;

const DISKS_MAX: usize = 16;

/// `mounts`: `/proc/self/mounts`.
pub(super) fn groups(mounts: &str) -> Groups {
    listed(mounts).into_iter().take(DISKS_MAX).filter_map(|mount| group(&mount)).collect()
}

#[derive(Debug, PartialEq, Eq)]
struct Mount {
    place: String,
    format: String,
}

/// Each device once, where it was mounted first; the root always.
fn listed(mounts: &str) -> Vec<Mount> {
    let mut devices = BTreeSet::new();
    let mut listed = Vec::new();
    for line in mounts.lines() {
        let mut fields = line.split(' ');
        let (Some(device), Some(place), Some(format)) = (fields.next(), fields.next(), fields.next()) else { continue };
        let own = device.starts_with("/dev/") && !device.starts_with("/dev/loop");
        if (own || place == "/") && devices.insert(device) {
            listed.push(Mount { place: unescaped(place), format: format.to_owned() });
        }
    }
    listed
}

fn group(mount: &Mount) -> Option<(String, lotse_runtime::Settings)> {
    // A single file that was mounted, as in containers, is no disk to anybody.
    let is_folder = std::fs::metadata(&mount.place).is_ok_and(|place| place.is_dir());
    let told = rustix::fs::statvfs(mount.place.as_str()).ok().filter(|_| is_folder)?;
    let facts = vec![
        text("place", &mount.place),
        text("format", &mount.format),
        number("total", told.f_frsize.saturating_mul(told.f_blocks)),
        number("free", told.f_frsize.saturating_mul(told.f_bavail)),
    ];
    Some(("disks".to_owned(), facts))
}

/// Spaces and the like are written as a backslash and three octal digits there.
fn unescaped(place: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = place.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let code = others.get(..3).filter(|_| *first == b'\\').and_then(octal);
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { others.get(3..).unwrap_or_default() } else { others };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn octal(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_disk_of_this_computer_is_told_of_once_and_the_network_is_left_alone() {
        let mounts = "proc /proc proc rw 0 0\noverlay / overlay rw 0 0\n/dev/sda2 /home ext4 rw 0 0\n\
                      /dev/sda2 /srv ext4 rw 0 0\n/dev/loop3 /snap/x squashfs ro 0 0\nnas:/x /mnt/nas nfs rw 0 0\n\
                      /dev/sdb1 /media/my\\040disk vfat rw 0 0\nbroken\n";
        let listed: Vec<_> = listed(mounts).into_iter().map(|mount| mount.place).collect();
        assert_eq!(listed, ["/", "/home", "/media/my disk"]);
    }

    #[test]
    fn what_is_no_escape_stays_as_it_is() {
        for (written, meant) in [("a\\04", "a\\04"), ("\\", "\\"), ("\\999", "\\999"), ("\\134x", "\\x"), ("ü", "ü")]
        {
            assert_eq!(unescaped(written), meant);
        }
    }

    #[test]
    fn a_place_that_is_gone_is_left_out() {
        assert!(groups("/dev/sdz9 /no/such/place ext4 rw 0 0\n").is_empty());
        let many: String = (0..99).map(|n| format!("/dev/sd{n} / ext4 rw 0 0\n")).collect();
        assert_eq!(groups(&many).len(), DISKS_MAX);
    }
}
