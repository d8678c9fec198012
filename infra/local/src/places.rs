//! Where things lie: the repository, the cache with the Python tools, the folder of built functions.

use std::path::{Path, PathBuf};

use crate::StageError;

/// The repository and the cache outside it.
#[derive(Debug, Clone)]
pub struct Places {
    /// The folder with `infra/template.yaml`.
    pub repository: PathBuf,
    /// Virtual environments and compiled dependencies, shared by every clone.
    pub cache: PathBuf,
}

impl Places {
    /// Looks upwards from the working folder, not from where this was compiled: one cache serves several clones.
    pub fn find() -> Result<Self, StageError> {
        let here = std::env::current_dir().map_err(StageError::io("working folder"))?;
        let repository = here
            .ancestors()
            .find(|folder| folder.join("infra/template.yaml").is_file())
            .ok_or(StageError::NoRepository)?
            .to_owned();
        let cache = std::env::var_os("PORTAVOCE_CACHE")
            .map(PathBuf::from)
            .or_else(|| {
                std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache/portavoce"))
            })
            .unwrap_or_else(|| repository.join(".build/cache"));
        Ok(Self { repository, cache })
    }

    /// The template, the only description of the system.
    pub fn template(&self) -> PathBuf {
        self.repository.join("infra/template.yaml")
    }

    /// Where the packed functions are, one folder each.
    pub fn artefacts(&self) -> PathBuf {
        self.repository.join(".build/lambda")
    }

    /// Logs of engine and deployment; they outlive the run, to be read after a failure.
    pub(crate) fn logs(&self) -> Result<PathBuf, StageError> {
        let folder = self.repository.join(".build/logs");
        std::fs::create_dir_all(&folder).map_err(StageError::io(folder.display().to_string()))?;
        Ok(folder)
    }

    pub(crate) fn engine_python(&self) -> Result<PathBuf, StageError> {
        existing(self.cache.join("engine/bin/python"))
    }

    pub(crate) fn sam(&self) -> Result<PathBuf, StageError> {
        existing(self.cache.join("tools/bin/sam"))
    }
}

fn existing(path: PathBuf) -> Result<PathBuf, StageError> {
    if path.exists() {
        Ok(path)
    } else {
        Err(StageError::NotSetUp(path))
    }
}
