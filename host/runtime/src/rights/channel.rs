//! `channel`: streams and datagrams to the same plugin on the other side.

use std::sync::atomic::Ordering::Relaxed;

use lotse_package::Capability;
use wasmtime::component::Resource;

use super::Answer;
use crate::bindings::contract::channel::{Class, Host, HostStream};
use crate::handles::{Kind, Stream};
use crate::host::ErrorCode;
use crate::limits::{argument, contract};
use crate::state::Guest;

impl Host for Guest {
    fn open(&mut self, to: u32, label: String, class: Class) -> Answer<Resource<Stream>> {
        self.with_right(Capability::Channel, |guest| {
            if label.len() > argument::LABEL_BYTES_MAX {
                return Err(ErrorCode::Invalid);
            }
            guest
                .hold(Capability::Channel, Kind::Stream, |guest| guest.shared.host.stream_open(to, label, class.into()))
        })
    }

    fn datagram(&mut self, to: u32, data: Vec<u8>) -> Answer<()> {
        self.with_right(Capability::Channel, |guest| {
            if data.len() > contract::DATAGRAM_BYTES_MAX {
                return Err(ErrorCode::Invalid);
            }
            guest.take_datagram(data.len())?;
            guest.shared.host.datagram(to, &data)?;
            guest.shared.counters.bytes_sent.fetch_add(data.len() as u64, Relaxed);
            Ok(())
        })
    }
}

impl HostStream for Guest {
    fn id(&mut self, stream: Resource<Stream>) -> wasmtime::Result<u64> {
        self.count()?;
        Ok(self.id_of(Kind::Stream, &stream).unwrap_or(0))
    }

    fn write(&mut self, stream: Resource<Stream>, data: Vec<u8>) -> Answer<u32> {
        self.count_stream_bytes(data.len())?;
        self.with_right(Capability::Channel, |guest| {
            let id = guest.id_of(Kind::Stream, &stream)?;
            let taken = guest.shared.host.stream_write(id, &data)?;
            guest.shared.counters.bytes_sent.fetch_add(u64::from(taken), Relaxed);
            Ok(taken)
        })
    }

    fn finish(&mut self, stream: Resource<Stream>) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Channel, |guest| {
            if let Ok(id) = guest.id_of(Kind::Stream, &stream) {
                guest.shared.host.stream_finish(id);
            }
        })
    }

    fn reset(&mut self, stream: Resource<Stream>) -> wasmtime::Result<()> {
        self.with_right_quietly(Capability::Channel, |guest| {
            if let Ok(id) = guest.id_of(Kind::Stream, &stream) {
                guest.shared.host.stream_reset(id);
            }
        })
    }

    fn drop(&mut self, stream: Resource<Stream>) -> wasmtime::Result<()> {
        self.let_go(Kind::Stream, &stream);
        Ok(())
    }
}
