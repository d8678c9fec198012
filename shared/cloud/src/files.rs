//! Files in S3: reports and what describes them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::ChecksumAlgorithm;

use crate::AwsError;

/// A file could not be written or read: worth another try.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// S3 did not answer, or refused.
    #[error("S3 did not do it")]
    S3(#[source] AwsError),
    /// The local copy could not be read.
    #[error("the local file cannot be read")]
    Local(#[source] AwsError),
}

/// The files of a bucket.
#[derive(Debug, Clone)]
pub struct Files {
    s3: Client,
    bucket: String,
}

/// What came of creating a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// It was not there; it is now.
    New,
    /// It was there already, with the same content.
    SameThere,
    /// Something else is there.
    OtherThere,
}

/// A file as it was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// All of it.
    Whole(Vec<u8>),
    /// It is larger than what was wanted: so many bytes.
    TooLarge(u64),
    /// There is none.
    Missing,
}

/// The name under which S3 keeps the digest of a file that was created.
const DIGEST: &str = "sha256";

impl Files {
    /// The bucket `bucket`.
    pub fn new(aws: &SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            s3: Client::new(aws),
            bucket: bucket.into(),
        }
    }

    /// Uploads the local file `path` as `key`, streamed from disk.
    pub async fn upload(
        &self,
        key: &str,
        path: &Path,
        content_type: &str,
    ) -> Result<(), FileError> {
        let body = ByteStream::from_path(path)
            .await
            .map_err(|error| FileError::Local(error.into()))?;
        self.put(key, body, content_type).await
    }

    /// Writes `text` as `key`.
    pub async fn write(
        &self,
        key: &str,
        text: String,
        content_type: &str,
    ) -> Result<(), FileError> {
        self.put(key, text.into_bytes().into(), content_type).await
    }

    /// Uploads the local file `path`, whose SHA-256 is `digest`, as `key`, unless `key` is there: what is published is
    /// never overwritten, and of two that create it at once one does.
    pub async fn create(
        &self,
        key: &str,
        path: &Path,
        digest: &str,
        content_type: &str,
    ) -> Result<Created, FileError> {
        let body = ByteStream::from_path(path)
            .await
            .map_err(|error| FileError::Local(error.into()))?;
        let put = self
            .s3
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            .metadata(DIGEST, digest)
            .if_none_match("*")
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .body(body)
            .send()
            .await;
        match put {
            Ok(_) => Ok(Created::New),
            Err(error)
                if error
                    .raw_response()
                    .is_some_and(|response| response.status().as_u16() == 412) =>
            {
                self.there(key, digest).await
            }
            Err(error) => Err(FileError::S3(error.into())),
        }
    }

    /// Writes `text` as `key`, unless `key` is there; whether it was not.
    pub async fn create_text(
        &self,
        key: &str,
        text: String,
        content_type: &str,
    ) -> Result<bool, FileError> {
        let put = self
            .s3
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            .if_none_match("*")
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .body(text.into_bytes().into())
            .send()
            .await;
        match put {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .raw_response()
                    .is_some_and(|response| response.status().as_u16() == 412) =>
            {
                Ok(false)
            }
            Err(error) => Err(FileError::S3(error.into())),
        }
    }

    /// The keys that begin with `prefix`, in order, each with the id of its oldest version: in a bucket with object lock that
    /// is the one which was locked first, whatever was laid over it since.
    pub async fn first_versions(&self, prefix: &str) -> Result<Vec<(String, String)>, FileError> {
        let mut oldest: BTreeMap<String, (Option<DateTime>, String)> = BTreeMap::new();
        let (mut key_marker, mut version_marker) = (None, None);
        loop {
            let page = self
                .s3
                .list_object_versions()
                .bucket(&self.bucket)
                .prefix(prefix)
                .set_key_marker(key_marker)
                .set_version_id_marker(version_marker)
                .send()
                .await
                .map_err(|error| FileError::S3(error.into()))?;
            for version in page.versions() {
                let (Some(key), Some(id)) = (version.key(), version.version_id()) else {
                    continue;
                };
                let at = version.last_modified().copied();
                // Versions of a key come newest first: of two in the same second the later one in the list is older.
                if oldest.get(key).is_none_or(|(known, _)| at <= *known) {
                    oldest.insert(key.to_owned(), (at, id.to_owned()));
                }
            }
            if page.is_truncated() != Some(true) {
                let versions = oldest.into_iter().map(|(key, (_, id))| (key, id));
                return Ok(versions.collect());
            }
            key_marker = page.next_key_marker;
            version_marker = page.next_version_id_marker;
        }
    }

    /// The text of the version `version` of `key`.
    pub async fn read_version(&self, key: &str, version: &str) -> Result<String, FileError> {
        let object = self
            .s3
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .version_id(version)
            .send()
            .await
            .map_err(|error| FileError::S3(error.into()))?;
        let bytes = object
            .body
            .collect()
            .await
            .map_err(|error| FileError::S3(error.into()))?;
        String::from_utf8(bytes.to_vec()).map_err(|error| FileError::S3(error.into()))
    }

    async fn there(&self, key: &str, digest: &str) -> Result<Created, FileError> {
        let head = self
            .s3
            .head_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await;
        let head = head.map_err(|error| FileError::S3(error.into()))?;
        let there = head.metadata().and_then(|metadata| metadata.get(DIGEST));
        Ok(if there.is_some_and(|there| there == digest) {
            Created::SameThere
        } else {
            Created::OtherThere
        })
    }

    async fn put(&self, key: &str, body: ByteStream, content_type: &str) -> Result<(), FileError> {
        self.s3
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            // A bucket with object lock takes no upload without a checksum.
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .body(body)
            .send()
            .await
            .map_err(|error| FileError::S3(error.into()))?;
        Ok(())
    }

    /// The bytes of `key`, if they are at most `most`.
    pub async fn fetch(&self, key: &str, most: u64) -> Result<Fetched, FileError> {
        let got = self.s3.get_object().bucket(&self.bucket).key(key);
        let object = match got.send().await {
            Ok(object) => object,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetObjectError::is_no_such_key) =>
            {
                return Ok(Fetched::Missing);
            }
            Err(error) => return Err(FileError::S3(error.into())),
        };
        let size = object.content_length().unwrap_or_default();
        let size = u64::try_from(size).unwrap_or_default();
        if size > most {
            return Ok(Fetched::TooLarge(size));
        }
        let bytes = object.body.collect().await;
        let bytes = bytes.map_err(|error| FileError::S3(error.into()))?;
        Ok(Fetched::Whole(bytes.to_vec()))
    }

    /// The text of `key`; `None` if there is no such file.
    pub async fn read(&self, key: &str) -> Result<Option<String>, FileError> {
        match self
            .s3
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await
        {
            Ok(object) => {
                let bytes = object
                    .body
                    .collect()
                    .await
                    .map_err(|error| FileError::S3(error.into()))?;
                let text = String::from_utf8(bytes.to_vec())
                    .map_err(|error| FileError::S3(error.into()))?;
                Ok(Some(text))
            }
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetObjectError::is_no_such_key) =>
            {
                Ok(None)
            }
            Err(error) => Err(FileError::S3(error.into())),
        }
    }

    /// The keys that begin with `prefix`, in order.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>, FileError> {
        let mut keys = Vec::new();
        let mut pages = self
            .s3
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(prefix)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| FileError::S3(error.into()))?;
            keys.extend(
                page.contents()
                    .iter()
                    .filter_map(|object| object.key().map(str::to_owned)),
            );
        }
        Ok(keys)
    }

    /// A link to `key` that is good for `validity`.
    pub async fn link(&self, key: &str, validity: Duration) -> Result<String, FileError> {
        let validity =
            PresigningConfig::expires_in(validity).map_err(|error| FileError::S3(error.into()))?;
        let request = self
            .s3
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .presigned(validity)
            .await
            .map_err(|error| FileError::S3(error.into()))?;
        Ok(request.uri().to_owned())
    }
}
