//! What the hardware costs, which no metric tells.

use clap::Args;

/// Price and size of a replica; both or neither.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Cost (with --full)")]
pub(crate) struct PriceArguments {
    /// What an hour of one GPU costs, in any currency: adds GPU hours, tokens per GPU hour and the
    /// cost of a million tokens
    #[arg(
        long,
        value_name = "PRICE",
        value_parser = parse_price,
        requires_all = ["gpus_per_replica", "full"],
    )]
    price_per_gpu_hour: Option<f64>,
    /// How many GPUs one replica has; a rank of a process counts as a replica
    #[arg(
        long,
        value_name = "N",
        value_parser = parse_gpus,
        requires_all = ["price_per_gpu_hour", "full"],
    )]
    gpus_per_replica: Option<f64>,
}

/// A price that was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Price {
    /// Of one GPU for an hour.
    pub(crate) per_gpu_hour: f64,
    /// GPUs of one replica.
    pub(crate) gpus_per_replica: f64,
}

impl PriceArguments {
    /// None where no price was given: it is never guessed.
    pub(crate) fn price(&self) -> Option<Price> {
        let both = self.price_per_gpu_hour.zip(self.gpus_per_replica);
        both.map(|(per_gpu_hour, gpus_per_replica)| Price { per_gpu_hour, gpus_per_replica })
    }
}

fn parse_price(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(price) if price > 0.0 && price.is_finite() => Ok(price),
        _ => Err("a price above 0 without its currency, such as 2.5".to_owned()),
    }
}

fn parse_gpus(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        // Above a thousand it is no replica but a fleet.
        Ok(gpus) if gpus > 0.0 && gpus <= 1024.0 => Ok(gpus),
        _ => Err("a number of GPUs above 0, at most 1,024; 0.5 is half of a shared one".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_and_sizes_are_above_zero() {
        assert_eq!((parse_price("2.5"), parse_gpus("0.5")), (Ok(2.5), Ok(0.5)));
        for text in ["0", "-1", "NaN", "inf", "$2", ""] {
            assert!(parse_price(text).is_err() && parse_gpus(text).is_err(), "{text}");
        }
        assert!(parse_gpus("4096").is_err());
    }
}
