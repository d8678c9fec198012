//! The certificate of the stub Graph API, made anew at every run: an authority of its own, and the server that it vouches
//! for. Who is to trust it finds the authority in the file that `SSL_CERT_FILE` names, as `send` and Python both look there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bench::Trouble;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Who the stub says it is, and who vouches for it.
#[derive(Debug, Clone)]
pub(crate) struct Certificate {
    /// The authority, as a file.
    pub(crate) authority: PathBuf,
    /// What the server shows.
    pub(crate) server: Arc<ServerConfig>,
}

impl Certificate {
    /// A certificate for this machine's own address, its authority in `folder`.
    pub(crate) fn made_in(folder: &Path) -> Result<Self, Trouble> {
        let mut authority = CertificateParams::default();
        authority
            .distinguished_name
            .push(DnType::CommonName, "Portavoce load test");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority_key = KeyPair::generate()?;
        let file = std::path::absolute(folder.join("authority.pem"))?;
        std::fs::write(&file, authority.self_signed(&authority_key)?.pem())?;
        let issuer = Issuer::new(authority, authority_key);

        let mut server = CertificateParams::new(vec!["127.0.0.1".to_owned()])?;
        server
            .distinguished_name
            .push(DnType::CommonName, "stub Graph API");
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        server.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = server.signed_by(&key, &issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));

        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            authority: file,
            server: Arc::new(config),
        })
    }
}
