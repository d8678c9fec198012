//! Files of citizens, kept in S3 as they stream in: never whole in memory, and never half a file under its name.
//!
//! A small file is one `PutObject`. A larger one goes up in parts, and becomes a file only when its source has said that it is
//! whole; at any error before that the parts are thrown away. (What a killed process leaves, the bucket's rule for
//! unfinished uploads removes.)

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};

use crate::AwsError;

/// The size of a part: S3 takes none smaller, but for the last.
const PART: usize = 5 * 1024 * 1024;

/// The citizens' files of a bucket.
#[derive(Debug, Clone)]
pub struct MediaStore {
    s3: Client,
    bucket: String,
}

/// A file was not kept; nothing is under its name.
#[derive(Debug, thiserror::Error)]
pub enum KeepError<E> {
    /// It did not come through, or is not what it should be.
    #[error("the file did not come")]
    Source(#[source] E),
    /// S3 did not answer, or refused.
    #[error("S3 did not keep the file")]
    S3(#[source] AwsError),
}

/// An upload in parts.
struct Upload<'a> {
    store: &'a MediaStore,
    key: &'a str,
    id: String,
    parts: Vec<CompletedPart>,
}

impl MediaStore {
    /// The bucket `bucket`.
    pub fn new(aws: &SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            s3: Client::new(aws),
            bucket: bucket.into(),
        }
    }

    /// Keeps as `key` what `next` brings, piece by piece, until it brings `None`: by that it vouches for the whole. How many
    /// bytes were kept. To keep the same file again writes it again.
    pub async fn keep<B: AsRef<[u8]>, E>(
        &self,
        key: &str,
        content_type: &str,
        mut next: impl AsyncFnMut() -> Result<Option<B>, E>,
    ) -> Result<u64, KeepError<E>> {
        let mut buffer = Vec::new();
        let mut upload: Option<Upload> = None;
        let mut size = 0;
        loop {
            let piece = match next().await {
                Ok(piece) => piece,
                Err(error) => {
                    abort(upload).await;
                    return Err(KeepError::Source(error));
                }
            };
            let Some(piece) = piece else { break };
            let piece = piece.as_ref();
            size += piece.len() as u64;
            buffer.extend_from_slice(piece);
            if buffer.len() >= PART {
                let part = std::mem::take(&mut buffer);
                match self.part(upload.take(), key, content_type, part).await {
                    Ok(begun) => upload = Some(begun),
                    Err(error) => return Err(KeepError::S3(error)),
                }
            }
        }
        match upload {
            None => self.put(key, content_type, buffer).await,
            Some(upload) => upload.end(buffer).await,
        }
        .map_err(KeepError::S3)?;
        Ok(size)
    }

    async fn put(&self, key: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), AwsError> {
        self.s3
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .body(bytes.into())
            .send()
            .await?;
        Ok(())
    }

    /// One more part of `upload`, which begins with its first.
    async fn part<'a>(
        &'a self,
        upload: Option<Upload<'a>>,
        key: &'a str,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> Result<Upload<'a>, AwsError> {
        let mut upload = match upload {
            Some(upload) => upload,
            None => self.begin(key, content_type).await?,
        };
        match upload.add(bytes).await {
            Ok(()) => Ok(upload),
            Err(error) => {
                upload.abort().await;
                Err(error)
            }
        }
    }

    async fn begin<'a>(&'a self, key: &'a str, content_type: &str) -> Result<Upload<'a>, AwsError> {
        let begun = self
            .s3
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .send()
            .await?;
        Ok(Upload {
            store: self,
            key,
            id: begun.upload_id.ok_or("S3 began an upload without an id")?,
            parts: Vec::new(),
        })
    }
}

async fn abort(upload: Option<Upload<'_>>) {
    if let Some(upload) = upload {
        upload.abort().await;
    }
}

impl Upload<'_> {
    async fn add(&mut self, bytes: Vec<u8>) -> Result<(), AwsError> {
        let number = i32::try_from(self.parts.len() + 1)?;
        let part = self
            .store
            .s3
            .upload_part()
            .bucket(&self.store.bucket)
            .key(self.key)
            .upload_id(&self.id)
            .part_number(number)
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .body(bytes.into())
            .send()
            .await?;
        self.parts.push(
            CompletedPart::builder()
                .part_number(number)
                .set_e_tag(part.e_tag)
                .set_checksum_sha256(part.checksum_sha256)
                .build(),
        );
        Ok(())
    }

    /// The last part, and the file is there.
    async fn end(mut self, rest: Vec<u8>) -> Result<(), AwsError> {
        let last = if rest.is_empty() {
            Ok(())
        } else {
            self.add(rest).await
        };
        let ended = match last {
            Ok(()) => self.complete().await,
            Err(error) => Err(error),
        };
        if ended.is_err() {
            self.abort().await;
        }
        ended
    }

    async fn complete(&self) -> Result<(), AwsError> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(self.parts.clone()));
        self.store
            .s3
            .complete_multipart_upload()
            .bucket(&self.store.bucket)
            .key(self.key)
            .upload_id(&self.id)
            .multipart_upload(parts.build())
            .send()
            .await?;
        Ok(())
    }

    /// A failure of this costs storage until the bucket's rule removes the parts, and nothing else.
    async fn abort(self) {
        let aborted = self
            .store
            .s3
            .abort_multipart_upload()
            .bucket(&self.store.bucket)
            .key(self.key)
            .upload_id(&self.id)
            .send()
            .await;
        if let Err(error) = aborted {
            let error: AwsError = error.into();
            tracing::warn!(error = %crate::in_full(error.as_ref()), "parts of an unfinished file are left behind");
        }
    }
}
