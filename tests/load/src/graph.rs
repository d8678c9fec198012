//! The Graph API as `send` meets it, over TLS and after a while: every message is taken, and its arrival is written down by
//! the stub's own clock. That record judges everything here: the pace, the citizens' buckets, and that no message is lost
//! or comes twice.
//!
//! It lives on a thread of its own, so that nothing else in this program delays the clock.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bench::Trouble;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::certificate::Certificate;

/// How many calls one connection of HTTP/2 may carry at once, as proxies of Meta's size announce it.
const STREAMS: u32 = 100;

/// The stub.
#[derive(Debug, Clone)]
pub(crate) struct Graph {
    /// Where it is.
    pub(crate) url: String,
    record: Arc<Mutex<Record>>,
}

/// A message that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// When its call began to arrive.
    pub(crate) at: Instant,
    /// To whom it goes.
    pub(crate) to: String,
    /// Our id of it.
    pub(crate) id: String,
}

/// What the stub saw.
#[derive(Debug, Default, Clone)]
pub(crate) struct Record {
    /// The messages, as they arrived.
    pub(crate) calls: Vec<Call>,
    /// How many connections were opened.
    pub(crate) connections: u32,
    /// How many of these speak HTTP/2.
    pub(crate) http2: u32,
    /// What could not be read as a message.
    pub(crate) unreadable: u32,
}

impl Graph {
    /// Opens the stub on a free port, for as long as the program runs; it answers after `latency`.
    pub(crate) fn open(certificate: &Certificate, latency: Duration) -> Result<Self, Trouble> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let graph = Self {
            url: format!("https://{}", listener.local_addr()?),
            record: Arc::default(),
        };
        let acceptor = TlsAcceptor::from(certificate.server.clone());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let mine = graph.clone();
        std::thread::spawn(move || {
            if let Err(trouble) = runtime.block_on(mine.serve(listener, acceptor, latency)) {
                eprintln!("the stub Graph API stopped: {trouble}");
            }
        });
        Ok(graph)
    }

    /// Forgets what it saw; what is connected stays so.
    pub(crate) fn forget(&self) {
        let mut record = self.record();
        *record = Record {
            connections: record.connections,
            http2: record.http2,
            ..Record::default()
        };
    }

    /// What it saw so far.
    pub(crate) fn seen(&self) -> Record {
        self.record().clone()
    }

    async fn serve(
        self,
        listener: TcpListener,
        acceptor: TlsAcceptor,
        latency: Duration,
    ) -> Result<(), Trouble> {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            // A platform without it would only be slower.
            let _ = stream.set_nodelay(true);
            tokio::spawn(self.clone().connection(stream, acceptor.clone(), latency));
        }
    }

    async fn connection(self, stream: TcpStream, acceptor: TlsAcceptor, latency: Duration) {
        let stream = match acceptor.accept(stream).await {
            Ok(stream) => stream,
            Err(error) => return eprintln!("the stub Graph API was not trusted: {error}"),
        };
        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        {
            let mut record = self.record();
            record.connections += 1;
            record.http2 += u32::from(http2);
        }
        let service = service_fn(move |request| {
            let graph = self.clone();
            async move { graph.answer(request, latency).await }
        });
        let mut server = auto::Builder::new(TokioExecutor::new());
        server.http2().max_concurrent_streams(STREAMS);
        // A caller that goes away is no trouble.
        let _ = server.serve_connection(TokioIo::new(stream), service).await;
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
        latency: Duration,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let at = Instant::now();
        let body = request.into_body().collect().await;
        let body = body.map(http_body_util::Collected::to_bytes);
        let message: Option<Value> = body
            .ok()
            .and_then(|body| serde_json::from_slice(&body).ok());
        let call = message.as_ref().and_then(|message| {
            let to = message.get("to").or_else(|| message.get("recipient"))?;
            Some(Call {
                at,
                to: to.as_str()?.to_owned(),
                id: message["biz_opaque_callback_data"].as_str()?.to_owned(),
            })
        });
        let Some(call) = call else {
            self.record().unreadable += 1;
            return Ok(response(
                400,
                &json!({"error": {"code": 100, "message": "(#100)"}}),
            ));
        };
        let (to, ordinal) = {
            let mut record = self.record();
            let to = call.to.clone();
            record.calls.push(call);
            (to, record.calls.len())
        };
        tokio::time::sleep_until((at + latency).into()).await;
        Ok(response(
            200,
            &json!({
                "messaging_product": "whatsapp",
                "contacts": [{"input": to, "wa_id": to.trim_start_matches('+')}],
                "messages": [{"id": format!("wamid.load.{ordinal}"), "message_status": "accepted"}],
            }),
        ))
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Record {
    /// How many of `expected` did not arrive, and how many messages arrived more than once.
    pub(crate) fn lost_and_doubled(&self, expected: &HashSet<String>) -> (usize, usize) {
        let mut times: HashMap<&str, usize> = HashMap::new();
        for call in &self.calls {
            *times.entry(&call.id).or_default() += 1;
        }
        let lost = expected
            .iter()
            .filter(|id| !times.contains_key(id.as_str()))
            .count();
        let doubled = times.values().filter(|times| **times > 1).count();
        (lost, doubled)
    }
}

fn response(status: u16, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    let json = hyper::header::HeaderValue::from_static("application/json");
    response
        .headers_mut()
        .insert(hyper::header::CONTENT_TYPE, json);
    response
}
