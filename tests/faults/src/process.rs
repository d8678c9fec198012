//! Which process of which function makes a call: from the port it speaks from, by way of `/proc`.

use std::fs;
use std::path::Path;

/// A running process of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) id: u32,
    /// The verb: `send`, `webhook`, …
    pub(crate) function: String,
}

impl Process {
    /// The process of a function that finds AWS at `endpoint` and speaks from the local port `port`.
    pub(crate) fn speaking_from(port: u16, endpoint: &str) -> Option<Self> {
        let table = fs::read_to_string("/proc/net/tcp").ok()?;
        let socket = format!("socket:[{}]", inode(&table, port)?);
        fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            let function = function_of(&entry.path(), endpoint)?;
            holds(&entry.path(), &socket).then_some(Self { id, function })
        })
    }

    /// Ends it at once and without warning. Whether it was still there.
    pub(crate) fn kill(&self) -> bool {
        std::process::Command::new("kill")
            .args(["-9", &self.id.to_string()])
            .stderr(std::process::Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }
}

/// The inode of the socket whose own end is 127.0.0.1:`port`: `sl local remote st queues tr retransmits uid timeout inode`.
fn inode(table: &str, port: u16) -> Option<&str> {
    let own = format!("0100007F:{port:04X}");
    table.lines().find_map(|line| {
        let mut fields = line.split_whitespace();
        (fields.nth(1)? == own).then(|| fields.nth(7))?
    })
}

fn function_of(process: &Path, endpoint: &str) -> Option<String> {
    let environment = fs::read(process.join("environ")).ok()?;
    let value = |name: &str| {
        environment
            .split(|byte| *byte == 0)
            .find_map(|variable| variable.strip_prefix(name.as_bytes()))
            .and_then(|value| std::str::from_utf8(value).ok())
    };
    if value("AWS_ENDPOINT_URL=")? != endpoint {
        return None;
    }
    let name = value("AWS_LAMBDA_FUNCTION_NAME=")?;
    Some(name.rsplit('-').next().unwrap_or(name).to_owned())
}

fn holds(process: &Path, socket: &str) -> bool {
    let Ok(descriptors) = fs::read_dir(process.join("fd")) else {
        return false;
    };
    descriptors.flatten().any(|descriptor| {
        fs::read_link(descriptor.path()).is_ok_and(|link| link.as_os_str() == socket)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_leads_to_the_inode_of_its_socket() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4711 1\n";

        assert_eq!(inode(table, 8080), Some("4711"));
        assert_eq!(inode(table, 8081), None);
    }
}
