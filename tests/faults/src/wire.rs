//! Connections that can be cut in the middle of a call, and that know from which port the caller speaks.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// The end of a connection that a handler holds.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The port on the caller's side.
    pub(crate) port: u16,
    cut: Arc<AtomicBool>,
}

impl Caller {
    fn at(address: Option<SocketAddr>) -> Self {
        Self {
            port: address.map_or(0, |address| address.port()),
            cut: Arc::default(),
        }
    }

    /// Nothing more is written; the caller sees a reset.
    pub(crate) fn cut(&self) {
        self.cut.store(true, Ordering::Relaxed);
    }
}

impl Connected<IncomingStream<'_, Listener>> for Caller {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        stream.remote_addr().clone()
    }
}

/// Accepts connections that can be cut.
pub(crate) struct Listener(pub(crate) TcpListener);

impl axum::serve::Listener for Listener {
    type Io = Wire;
    type Addr = Caller;

    async fn accept(&mut self) -> (Wire, Caller) {
        let (stream, address) = axum::serve::Listener::accept(&mut self.0).await;
        let caller = Caller::at(Some(address));
        (
            Wire {
                stream,
                caller: caller.clone(),
            },
            caller,
        )
    }

    fn local_addr(&self) -> io::Result<Caller> {
        Ok(Caller::at(None))
    }
}

/// A stream that ends when its connection is cut.
pub(crate) struct Wire {
    stream: TcpStream,
    caller: Caller,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.caller.cut.load(Ordering::Relaxed) {
            // Without lingering the close is a reset and not an orderly end.
            self.stream.set_zero_linger()?;
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.caller.cut.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
