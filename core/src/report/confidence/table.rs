//! What was counted of each verdict in simulated cases; written by `npm run accuracy -- --fit`.

use super::{Counted, Row};
use crate::catalogue::causes::CauseId;

/// A row for every verdict but `cannot-tell`, in their order: cases that were right, all cases
/// and thousandths, with weak and with strong support.
pub static TABLE: &[Row] = &[
    row(CauseId::AdmissionRejected, [(5, 5, 812), (5, 5, 935)]),
    row(CauseId::ClientAborts, [(5, 5, 812), (5, 5, 935)]),
    row(CauseId::ConfigDrift, [(4, 4, 796), (5, 5, 935)]),
    row(CauseId::EngineAsleep, [(0, 0, 695), (0, 0, 894)]),
    row(CauseId::EngineErrors, [(8, 9, 797), (8, 9, 892)]),
    row(CauseId::EngineHang, [(4, 7, 637), (4, 7, 744)]),
    row(CauseId::FrontEnd, [(2, 3, 687), (5, 5, 935)]),
    row(CauseId::GrammarStall, [(6, 6, 826), (6, 6, 940)]),
    row(CauseId::HeadOfLine, [(5, 5, 812), (5, 5, 935)]),
    row(CauseId::Healthy, [(12, 18, 675), (84, 88, 950)]),
    row(CauseId::HostBound, [(1, 3, 596), (4, 7, 744)]),
    row(CauseId::KvAdmission, [(5, 6, 754), (5, 6, 868)]),
    row(CauseId::KvThrash, [(2, 8, 472), (2, 3, 832)]),
    row(CauseId::KvTransferStall, [(6, 8, 722), (6, 8, 822)]),
    row(CauseId::LoadAboveCapacity, [(5, 8, 660), (19, 24, 817)]),
    row(CauseId::LongContext, [(6, 6, 826), (6, 6, 940)]),
    row(CauseId::LongPrompts, [(7, 8, 785), (7, 8, 885)]),
    row(CauseId::LoraChurn, [(3, 3, 778), (5, 5, 935)]),
    row(CauseId::LowTraffic, [(18, 28, 654), (18, 28, 699)]),
    row(CauseId::PrefillDecodeInterference, [(2, 2, 756), (2, 2, 916)]),
    row(CauseId::PrefixCacheCollapse, [(3, 3, 778), (3, 3, 923)]),
    row(CauseId::ReplicaStarting, [(3, 7, 570), (3, 7, 677)]),
    row(CauseId::RestartLoop, [(3, 4, 713), (3, 4, 846)]),
    row(CauseId::RoutingImbalance, [(7, 7, 837), (7, 7, 944)]),
    row(CauseId::RunawayOutputs, [(4, 6, 683), (4, 6, 797)]),
    row(CauseId::SickReplica, [(3, 4, 713), (3, 4, 846)]),
    row(CauseId::SlotCap, [(5, 6, 754), (5, 6, 868)]),
    row(CauseId::SlowDecode, [(2, 3, 687), (6, 9, 774)]),
    row(CauseId::SpeculationNotPaying, [(6, 6, 826), (3, 3, 923)]),
    row(CauseId::TelemetryFault, [(6, 6, 826), (6, 6, 940)]),
    row(CauseId::TokenBudget, [(5, 6, 754), (5, 6, 868)]),
];

const fn row(id: CauseId, [weak, strong]: [(u16, u16, u16); 2]) -> Row {
    Row { id, by_support: [counted(weak), counted(strong)] }
}

const fn counted((right, of, thousandths): (u16, u16, u16)) -> Counted {
    Counted { right, of, thousandths }
}
