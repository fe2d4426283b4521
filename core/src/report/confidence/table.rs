//! What was counted of each verdict in simulated cases; written by `npm run accuracy -- --fit`.

use super::{Counted, Row};
use crate::catalogue::causes::CauseId;

/// A row for every verdict but `cannot-tell`, in their order: cases that were right, all cases
/// and thousandths, with weak and with strong support.
pub static TABLE: &[Row] = &[
    row(CauseId::AdmissionRejected, [(5, 5, 832), (5, 5, 938)]),
    row(CauseId::ClientAborts, [(5, 5, 832), (5, 5, 938)]),
    row(CauseId::ConfigDrift, [(3, 3, 801), (6, 6, 943)]),
    row(CauseId::EngineAsleep, [(0, 0, 727), (0, 0, 900)]),
    row(CauseId::EngineErrors, [(8, 9, 813), (8, 9, 894)]),
    row(CauseId::EngineHang, [(4, 7, 654), (4, 7, 746)]),
    row(CauseId::FrontEnd, [(2, 3, 710), (5, 5, 938)]),
    row(CauseId::GrammarStall, [(6, 6, 844), (6, 6, 943)]),
    row(CauseId::HeadOfLine, [(5, 5, 832), (5, 5, 938)]),
    row(CauseId::Healthy, [(12, 18, 685), (84, 88, 950)]),
    row(CauseId::HostBound, [(5, 9, 636), (5, 9, 717)]),
    row(CauseId::KvAdmission, [(5, 6, 772), (5, 6, 871)]),
    row(CauseId::KvThrash, [(3, 9, 518), (2, 3, 836)]),
    row(CauseId::KvTransferStall, [(6, 8, 738), (6, 8, 825)]),
    row(CauseId::LoadAboveCapacity, [(4, 5, 755), (18, 22, 840)]),
    row(CauseId::LongContext, [(6, 6, 844), (6, 6, 943)]),
    row(CauseId::LongPrompts, [(7, 8, 801), (7, 8, 887)]),
    row(CauseId::LoraChurn, [(3, 3, 801), (5, 5, 938)]),
    row(CauseId::LowTraffic, [(18, 28, 661), (18, 28, 700)]),
    row(CauseId::PrefillDecodeInterference, [(2, 2, 781), (2, 2, 920)]),
    row(CauseId::PrefixCacheCollapse, [(3, 3, 801), (3, 3, 927)]),
    row(CauseId::ReplicaStarting, [(2, 3, 710), (5, 6, 871)]),
    row(CauseId::RestartLoop, [(3, 4, 734), (3, 4, 850)]),
    row(CauseId::RoutingImbalance, [(7, 7, 854), (7, 7, 946)]),
    row(CauseId::RunawayOutputs, [(4, 7, 654), (4, 7, 746)]),
    row(CauseId::SickReplica, [(3, 4, 734), (3, 4, 850)]),
    row(CauseId::SlotCap, [(5, 5, 832), (5, 5, 938)]),
    row(CauseId::SlowDecode, [(3, 4, 734), (6, 9, 776)]),
    row(CauseId::SpeculationNotPaying, [(6, 6, 844), (3, 3, 927)]),
    row(CauseId::TelemetryFault, [(6, 6, 844), (6, 6, 943)]),
    row(CauseId::TokenBudget, [(5, 6, 772), (5, 6, 871)]),
];

const fn row(id: CauseId, [weak, strong]: [(u16, u16, u16); 2]) -> Row {
    Row { id, by_support: [counted(weak), counted(strong)] }
}

const fn counted((right, of, thousandths): (u16, u16, u16)) -> Counted {
    Counted { right, of, thousandths }
}
