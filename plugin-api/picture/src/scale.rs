//! How large a picture stands in its window, and where a copy of it goes.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Fit,
    Actual,
}

impl Scale {
    /// The contract's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Actual => "actual",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Fit, Self::Actual].into_iter().find(|scale| scale.name() == name)
    }

    pub fn other(self) -> Self {
        match self {
            Self::Fit => Self::Actual,
            Self::Actual => Self::Fit,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotTo {
    File,
    Clipboard,
}

impl SnapshotTo {
    /// The contract's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Clipboard => "clipboard",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scale_comes_back_and_has_another() {
        for scale in [Scale::Fit, Scale::Actual] {
            assert_eq!(Scale::from_name(scale.name()), Some(scale));
            assert_eq!(scale.other().other(), scale);
        }
        assert_eq!(Scale::from_name("double"), None);
    }
}
