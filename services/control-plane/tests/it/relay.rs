//! The relay's end of a stream, by hand.

use postroad_api::config::v1 as wire;
use postroad_api::view_digest;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};
use wire::config_service_client::ConfigServiceClient;
use wire::stream_config_request::Message as Request;
use wire::stream_config_response::Message as Response;

use crate::bench::{Bench, SOON};

pub(crate) struct RelayEnd {
    outgoing: mpsc::Sender<wire::StreamConfigRequest>,
    incoming: Streaming<wire::StreamConfigResponse>,
}

pub(crate) struct Received {
    pub(crate) transfer: u64,
    pub(crate) revision: u64,
    pub(crate) digest: Vec<u8>,
    pub(crate) allow_mass_delete: bool,
    pub(crate) records: Vec<wire::Record>,
}

impl RelayEnd {
    pub(crate) async fn open(bench: &Bench, name: &str, boot_id: [u8; 16]) -> Self {
        let hello = wire::Hello {
            relay_name: name.into(),
            site: "hel".into(),
            version: "9.9".into(),
            boot_id: boot_id.to_vec(),
            listeners: vec!["smtp".into()],
            ..Default::default()
        };
        Self::say(bench, Request::Hello(hello)).await
    }

    /// A stream whose first message is this.
    pub(crate) async fn say(bench: &Bench, first: Request) -> Self {
        let (outgoing, requests) = mpsc::channel(8);
        outgoing.send(wire::StreamConfigRequest { message: Some(first) }).await.unwrap();
        let mut client = ConfigServiceClient::new(bench.channel.clone());
        let incoming = client.stream_config(ReceiverStream::new(requests)).await.unwrap().into_inner();
        Self { outgoing, incoming }
    }

    pub(crate) async fn send(&self, message: Request) {
        self.outgoing.send(wire::StreamConfigRequest { message: Some(message) }).await.unwrap();
    }

    /// The next message; `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Result<Option<Response>, Status> {
        let message = tokio::time::timeout(SOON, self.incoming.message()).await.expect("a message in time")?;
        Ok(message.map(|response| response.message.unwrap()))
    }

    /// The next transfer, whole and checked; Heartbeats before it are skipped.
    pub(crate) async fn snapshot(&mut self) -> Received {
        let begin = loop {
            match self.next().await.unwrap().expect("a transfer") {
                Response::Heartbeat(_) => {}
                Response::Begin(begin) => break begin,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(begin.kind(), wire::TransferKind::Snapshot);
        let mut records = Vec::new();
        let commit = loop {
            match self.next().await.unwrap().expect("the rest of the transfer") {
                Response::Chunk(chunk) => records.extend(chunk.upserts),
                Response::Commit(commit) => break commit,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(records.len(), begin.upserts as usize);
        assert_eq!(view_digest(&records).to_bytes().to_vec(), commit.view_digest);
        Received {
            transfer: begin.transfer,
            revision: commit.revision,
            digest: commit.view_digest,
            allow_mass_delete: begin.allow_mass_delete,
            records,
        }
    }

    pub(crate) async fn ack(&self, received: &Received) {
        self.send(Request::Ack(wire::Ack {
            transfer: received.transfer,
            revision: received.revision,
            view_digest: received.digest.clone(),
            ..Default::default()
        }))
        .await;
    }
}
