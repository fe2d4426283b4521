//! What was counted of each verdict in simulated cases; written by `npm run accuracy -- --fit`.

use super::{Counted, Row};
use crate::catalogue::causes::CauseId;

/// A row for every verdict but `cannot-tell`, in their order: cases that were right, all cases
/// and thousandths, with weak and with strong support.
pub static TABLE: &[Row] = &[
    row(CauseId::AdmissionRejected, [(7, 7, 874), (7, 7, 922)]),
    row(CauseId::ClientAborts, [(4, 4, 842), (4, 4, 903)]),
    row(CauseId::ConfigDrift, [(3, 3, 828), (5, 5, 910)]),
    row(CauseId::EngineAsleep, [(0, 0, 763), (0, 0, 854)]),
    row(CauseId::EngineErrors, [(3, 3, 828), (5, 6, 845)]),
    row(CauseId::EngineHang, [(6, 9, 712), (6, 9, 755)]),
    row(CauseId::FrontEnd, [(4, 4, 842), (4, 4, 903)]),
    row(CauseId::GrammarStall, [(6, 6, 865), (6, 6, 916)]),
    row(CauseId::HeadOfLine, [(0, 1, 678), (0, 1, 759)]),
    row(CauseId::Healthy, [(12, 16, 754), (67, 76, 879)]),
    row(CauseId::HostBound, [(5, 7, 740), (5, 7, 789)]),
    row(CauseId::KvAdmission, [(4, 7, 674), (4, 7, 722)]),
    row(CauseId::KvThrash, [(3, 8, 569), (2, 5, 679)]),
    row(CauseId::KvTransferStall, [(3, 3, 828), (5, 5, 910)]),
    row(CauseId::LoadAboveCapacity, [(2, 5, 623), (15, 20, 780)]),
    row(CauseId::LongContext, [(4, 4, 842), (4, 4, 903)]),
    row(CauseId::LongPrompts, [(5, 5, 854), (5, 5, 910)]),
    row(CauseId::LoraChurn, [(8, 8, 882), (8, 8, 927)]),
    row(CauseId::LowTraffic, [(25, 32, 778), (25, 32, 796)]),
    row(CauseId::MultimodalEncoder, [(1, 1, 789), (1, 1, 870)]),
    row(CauseId::OverProvisioned, [(0, 0, 763), (0, 0, 854)]),
    row(CauseId::PrefillDecodeImbalance, [(0, 0, 763), (0, 0, 854)]),
    row(CauseId::PrefillDecodeInterference, [(1, 2, 711), (1, 2, 783)]),
    row(CauseId::PrefixCacheCollapse, [(4, 4, 842), (4, 4, 903)]),
    row(CauseId::ReplicaStarting, [(5, 6, 793), (3, 3, 894)]),
    row(CauseId::RestartLoop, [(3, 6, 650), (3, 6, 702)]),
    row(CauseId::RoutingImbalance, [(6, 6, 865), (6, 6, 916)]),
    row(CauseId::RunawayOutputs, [(2, 3, 737), (4, 5, 833)]),
    row(CauseId::SickReplica, [(5, 6, 793), (5, 6, 845)]),
    row(CauseId::SlotCap, [(5, 5, 854), (5, 5, 910)]),
    row(CauseId::SlowDecode, [(3, 6, 650), (5, 6, 845)]),
    row(CauseId::SpeculationNotPaying, [(6, 6, 865), (6, 6, 916)]),
    row(CauseId::TelemetryFault, [(5, 5, 854), (5, 5, 910)]),
    row(CauseId::TokenBudget, [(3, 3, 828), (3, 3, 894)]),
];

const fn row(id: CauseId, [weak, strong]: [(u16, u16, u16); 2]) -> Row {
    Row { id, by_support: [counted(weak), counted(strong)] }
}

const fn counted((right, of, thousandths): (u16, u16, u16)) -> Counted {
    Counted { right, of, thousandths }
}
