//! What may have been repaired or assumed on the way to a value.

use crate::catalogue::list::closed_list;

closed_list! {
    /// The kind of a caveat.
    CaveatId {
        /// A bucket has no readable upper bound and was left out.
        BadBucketBound = "bad-bucket-bound",
        /// More sequences decode, by their latencies, than ever ran.
        BatchTooLarge = "batch-too-large",
        /// Sums over the targets of a model count an engine twice: it is scraped twice, or stands
        /// beside them.
        CountedTwice = "counted-twice",
        /// Prefill and decode run apart, and each request counts in both pools.
        CountedInBothPools = "counted-in-both-pools",
        /// Series come twice with values that no one process counted: two engines stand under the
        /// same labels.
        ContestedSeries = "contested-series",
        /// A counter restarted; what it counted between its last sample and the restart is lost.
        CounterReset = "counter-reset",
        /// Families that are recorded together counted different numbers of requests.
        CountsDiffer = "counts-differ",
        /// The times between outputs do not add up to the decode time.
        DecodeDiffers = "decode-differs",
        /// A histogram has the same upper bound twice; the larger count was kept.
        DuplicateBounds = "duplicate-bounds",
        /// The same metrics exist under several prefixes; one of them was used.
        DuplicatePrefix = "duplicate-prefix",
        /// A series has two values at one time; the larger was kept.
        DuplicateSamples = "duplicate-samples",
        /// A series appears twice with different values; of counters the larger of each time was
        /// kept, of states one of the two.
        DuplicateSeries = "duplicate-series",
        /// A known defect of the engine spoilt a time; it was left out.
        EngineDefect = "engine-defect",
        /// Counts come from PromQL `rate` or `increase`, which extrapolate.
        Extrapolated = "extrapolated",
        /// Counts are not whole numbers, so they are estimates.
        FractionalCounts = "fractional-counts",
        /// Steps of the window have no sample at all.
        Gap = "gap",
        /// PromQL's points of two siblings are in an order that cannot be.
        ImpossibleOrder = "impossible-order",
        /// The sum of a histogram contradicts its buckets and was not used.
        InconsistentSum = "inconsistent-sum",
        /// Processes that a counter is of went, came back or were replaced; what others had counted
        /// before is no work of the window.
        MembersChanged = "members-changed",
        /// A bucket that other snapshots have is missing at an end of the window.
        MissingBucket = "missing-bucket",
        /// Replicas have different bucket bounds; only shared bounds separate their sum.
        MixedBuckets = "mixed-buckets",
        /// A native histogram counted observations that are not numbers.
        NanObservations = "nan-observations",
        /// A counter was negative; those samples are treated as absent.
        NegativeCounter = "negative-counter",
        /// Bucket counts fell towards higher bounds and were raised.
        NonMonotone = "non-monotone",
        /// A share lies outside 0 to 1; it was left out.
        NotARatio = "not-a-ratio",
        /// Samples were NaN, infinite or beyond any measurement; they are treated as absent.
        NotFinite = "not-finite",
        /// PromQL's interpolated quantiles lie outside the interval that holds the true value.
        OutsideBounds = "outside-bounds",
        /// The server says that its answer lacks series.
        PartialAnswer = "partial-answer",
        /// The parts of a request add up to more than the whole.
        PartsExceedWhole = "parts-exceed-whole",
        /// The window is so short that requests recorded at their first token and requests recorded
        /// at their end are not the same ones.
        PopulationLag = "population-lag",
        /// One of the queries failed; what it would have brought is missing.
        QueryFailed = "query-failed",
        /// Results of PromQL `rate` or `increase` came under the names of counters; they were left
        /// out.
        RatesAsCounters = "rates-as-counters",
        /// A metric or a bucket bound has two spellings; they were joined over time.
        Renamed = "renamed",
        /// A router exports copies of the engine's metrics; they were left out.
        RouterDuplicate = "router-duplicate",
        /// One engine is scraped under two sets of labels; one of them was kept.
        ScrapedTwice = "scraped-twice",
        /// The server sent an informational message with the data.
        ServerInfo = "server-info",
        /// The server sent a warning with the data.
        ServerWarning = "server-warning",
        /// Several processes answer the scrapes of one target in turn; its counts were left out.
        SharedTarget = "shared-target",
        /// Each output holds several tokens, so inter-token latency is not the time of a token.
        SeveralTokensAnOutput = "several-tokens-an-output",
        /// A counter fell for one scrape alone; the sample was left out.
        SpoiltSample = "spoilt-sample",
        /// An old copy of the engine's page was answered to the scrapes.
        StalePage = "stale-page",
        /// A series appeared after its target did and was counted from zero.
        StartedFromZero = "started-from-zero",
        /// The sum of a histogram fell while its count did not.
        SumFell = "sum-fell",
        /// Inference time is not the sum of prefill and decode time.
        SumsDiffer = "sums-differ",
        /// Two times bear each other's name.
        SwappedTimes = "swapped-times",
        /// A scrape caught a histogram in the middle of an update and was left out.
        TornScrape = "torn-scrape",
        /// A bucket of a native histogram could not be used.
        UnusableBucket = "unusable-bucket",
        /// The sum of a histogram could not be used.
        UnusableSum = "unusable-sum",
        /// A time is in milliseconds where seconds are expected.
        WrongUnit = "wrong-unit",
    }
}

impl CaveatId {
    /// It describes what PromQL or a population does, not a repair of the data, and leaves the
    /// grade alone.
    pub fn is_informative(self) -> bool {
        matches!(
            self,
            Self::OutsideBounds
                | Self::ImpossibleOrder
                | Self::PopulationLag
                | Self::RouterDuplicate
                | Self::ServerInfo
                | Self::SeveralTokensAnOutput
                | Self::CountedInBothPools
        )
    }

    /// The collection is wrong and stays so behind the incident, and every dashboard shows it: the
    /// incident message names it too.
    pub fn is_of_collection(self) -> bool {
        matches!(
            self,
            Self::MembersChanged | Self::PartialAnswer | Self::QueryFailed | Self::ScrapedTwice
        )
    }

    /// Its repair can break an identity without the telemetry being wrong: around a restart or a
    /// hole the families of one engine lose different requests.
    pub fn can_break_identities(self) -> bool {
        matches!(
            self,
            Self::CounterReset
                | Self::NotFinite
                | Self::NegativeCounter
                | Self::MembersChanged
                | Self::MissingBucket
                | Self::SpoiltSample
                | Self::StartedFromZero
                | Self::TornScrape
        )
    }

    /// Where it holds, how much was counted is not known: no count of the window is shown.
    pub fn is_of_counts(self) -> bool {
        matches!(
            self,
            Self::BatchTooLarge
                | Self::CountedTwice
                | Self::ContestedSeries
                | Self::CountsDiffer
                | Self::RatesAsCounters
                | Self::SharedTarget
        )
    }
}
