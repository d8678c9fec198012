//! The size of what is uploaded: a zip as `sam deploy` makes it, at deflate's best.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use bench::Trouble;

/// What a function's zip holds.
pub(crate) enum Package {
    /// The binary, under the name that Lambda starts, and the tenant's settings.
    Binary {
        /// The binary.
        bootstrap: PathBuf,
        /// The settings.
        tenant: PathBuf,
    },
    /// The job and what it imports, but for what Lambda's image of Python brings along.
    Python {
        /// The folder of the job.
        job: PathBuf,
        /// Its virtual environment.
        environment: PathBuf,
    },
}

/// What the image of Python has already, and what only pip needs: not counted against Python.
const BROUGHT_ALONG: [&str; 15] = [
    "__pycache__",
    "_distutils_hack",
    "awslambdaric",
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "pip",
    "pkg_resources",
    "python_dateutil",
    "runtime_client",
    "s3transfer",
    "setuptools",
    "simplejson",
    "urllib3",
];

impl Package {
    /// The size of the zip in MiB.
    pub(crate) fn zip_mib(&self) -> Result<f64, Trouble> {
        let mut zip = Zip::default();
        match self {
            Self::Binary { bootstrap, tenant } => {
                zip.add("bootstrap", &fs::read(bootstrap)?)?;
                zip.add("tenant.json", &fs::read(tenant)?)?;
            }
            Self::Python { job, environment } => {
                zip.add("handler.py", &fs::read(job.join("handler.py"))?)?;
                let libraries = fs::read_dir(environment.join("lib"))?
                    .next()
                    .ok_or("the virtual environment is empty")??
                    .path()
                    .join("site-packages");
                zip.add_folder(&libraries, "")?;
            }
        }
        zip.mib()
    }
}

/// A zip in memory.
struct Zip(ZipWriter<Cursor<Vec<u8>>>);

impl Default for Zip {
    fn default() -> Self {
        Self(ZipWriter::new(Cursor::default()))
    }
}

impl Zip {
    fn add(&mut self, name: &str, content: &[u8]) -> Result<(), Trouble> {
        let best = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9));
        self.0.start_file(name, best)?;
        Ok(self.0.write_all(content)?)
    }

    fn add_folder(&mut self, folder: &Path, prefix: &str) -> Result<(), Trouble> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let brought_along = BROUGHT_ALONG
                .iter()
                .any(|it| name == *it || name.starts_with(&format!("{it}-")));
            if brought_along {
                continue;
            }
            let path = format!("{prefix}{name}");
            if entry.file_type()?.is_dir() {
                self.add_folder(&entry.path(), &format!("{path}/"))?;
            } else {
                self.add(&path, &fs::read(entry.path())?)?;
            }
        }
        Ok(())
    }

    fn mib(self) -> Result<f64, Trouble> {
        let bytes = self.0.finish()?.into_inner().len();
        Ok(f64::from(u32::try_from(bytes)?) / 1024.0 / 1024.0)
    }
}
