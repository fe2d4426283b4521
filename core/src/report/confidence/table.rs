//! What was counted of each verdict in simulated cases; written by `npm run accuracy -- --fit`.

use super::{Counted, Row};
use crate::catalogue::causes::CauseId;

/// A row for every verdict but `cannot-tell`, in their order: cases that were right, all cases
/// and thousandths, with weak and with strong support.
pub static TABLE: &[Row] = &[
    row(CauseId::AdmissionRejected, [(5, 5, 830), (5, 5, 941)]),
    row(CauseId::ClientAborts, [(5, 5, 830), (5, 5, 941)]),
    row(CauseId::ConfigDrift, [(4, 4, 816), (5, 5, 941)]),
    row(CauseId::EngineAsleep, [(0, 0, 724), (0, 0, 904)]),
    row(CauseId::EngineErrors, [(8, 9, 811), (8, 9, 896)]),
    row(CauseId::EngineHang, [(4, 7, 653), (4, 7, 749)]),
    row(CauseId::FrontEnd, [(2, 3, 709), (5, 5, 941)]),
    row(CauseId::GrammarStall, [(6, 6, 843), (6, 6, 945)]),
    row(CauseId::HeadOfLine, [(5, 5, 830), (5, 5, 941)]),
    row(CauseId::Healthy, [(12, 18, 684), (84, 88, 950)]),
    row(CauseId::HostBound, [(5, 9, 635), (5, 9, 720)]),
    row(CauseId::KvAdmission, [(5, 6, 771), (5, 6, 874)]),
    row(CauseId::KvThrash, [(3, 9, 517), (2, 3, 839)]),
    row(CauseId::KvTransferStall, [(6, 8, 737), (6, 8, 827)]),
    row(CauseId::LoadAboveCapacity, [(4, 5, 753), (18, 22, 841)]),
    row(CauseId::LongContext, [(6, 6, 843), (6, 6, 945)]),
    row(CauseId::LongPrompts, [(7, 8, 800), (7, 8, 890)]),
    row(CauseId::LoraChurn, [(3, 3, 800), (5, 5, 941)]),
    row(CauseId::LowTraffic, [(18, 28, 661), (18, 28, 701)]),
    row(CauseId::PrefillDecodeInterference, [(2, 2, 780), (2, 2, 923)]),
    row(CauseId::PrefixCacheCollapse, [(3, 3, 800), (3, 3, 930)]),
    row(CauseId::ReplicaStarting, [(3, 4, 733), (4, 5, 864)]),
    row(CauseId::RestartLoop, [(3, 4, 733), (3, 4, 853)]),
    row(CauseId::RoutingImbalance, [(7, 7, 853), (7, 7, 949)]),
    row(CauseId::RunawayOutputs, [(2, 4, 650), (2, 3, 839)]),
    row(CauseId::SickReplica, [(3, 4, 733), (3, 4, 853)]),
    row(CauseId::SlotCap, [(5, 5, 830), (5, 5, 941)]),
    row(CauseId::SlowDecode, [(3, 4, 733), (6, 8, 827)]),
    row(CauseId::SpeculationNotPaying, [(6, 6, 843), (3, 3, 930)]),
    row(CauseId::TelemetryFault, [(6, 6, 843), (6, 6, 945)]),
    row(CauseId::TokenBudget, [(5, 6, 771), (5, 6, 874)]),
];

const fn row(id: CauseId, [weak, strong]: [(u16, u16, u16); 2]) -> Row {
    Row { id, by_support: [counted(weak), counted(strong)] }
}

const fn counted((right, of, thousandths): (u16, u16, u16)) -> Counted {
    Counted { right, of, thousandths }
}
