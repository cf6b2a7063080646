//! A browser that only writes down which links it was to open.

use crate::{Result, Stage};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// What stands in for the browser.
pub struct Browser {
    folder: PathBuf,
}

impl Browser {
    /// Puts it where programs of this stage find it that are started from now on.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn beside(stage: &mut Stage) -> Result<Self> {
        let folder = stage.folder().join("browser");
        std::fs::create_dir_all(&folder)?;
        let opener = folder.join("xdg-open");
        std::fs::write(&opener, format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}/opened'\n", folder.display()))?;
        std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755))?;
        let path = std::env::var("PATH").unwrap_or_default();
        stage.environment.push(("PATH".to_owned(), format!("{}:{path}", folder.display())));
        Ok(Self { folder })
    }

    /// The links it was to open, in order.
    #[must_use]
    pub fn opened(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.join("opened")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}
