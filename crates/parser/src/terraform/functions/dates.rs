//! Date and time functions. Timestamps are those of RFC 3339.

use super::{Answer, Arguments, Stop, refuse};
use std::fmt::Write as _;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

const SECONDS_PER_DAY: i64 = 86_400;
const NANOSECONDS: i128 = 1_000_000_000;

/// A moment, and how far the clock that showed it was ahead of UTC.
struct Timestamp {
    /// Since 1970-01-01T00:00:00Z.
    nanoseconds: i128,
    /// In minutes.
    offset: i64,
}

/// A moment as the clock and the calendar show it.
struct Clock {
    year: i64,
    month: u8,
    day: u8,
    weekday: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have the leap day at their end.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day, so many days after 1970-01-01.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

fn small(value: i64) -> u8 {
    u8::try_from(value).unwrap_or(0)
}

impl Timestamp {
    fn parse<'s>(text: &str) -> Result<Self, Stop<'s>> {
        Self::read(text)
            .ok_or_else(|| Stop::Refused(format!("not a valid RFC3339 timestamp: \"{text}\"")))
    }

    fn read(text: &str) -> Option<Self> {
        let digits = |range: std::ops::Range<usize>| {
            let part = text.get(range)?;
            part.bytes()
                .all(|byte| byte.is_ascii_digit())
                .then_some(())?;
            part.parse::<i64>().ok()
        };
        let is = |at: usize, wanted: &str| text.get(at..=at) == Some(wanted);
        let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
        let (hour, minute, second) = (digits(11..13)?, digits(14..16)?, digits(17..19)?);
        let separated = is(4, "-") && is(7, "-") && is(10, "T") && is(13, ":") && is(16, ":");
        let days = days_from_civil(year, month, day);
        // A day that the month does not have comes out as another date.
        let is_date = (1..=12).contains(&month) && civil_from_days(days) == (year, month, day);
        if !separated || !is_date || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let mut rest = text.get(19..)?;
        let mut fraction = 0;
        if let Some(behind) = rest.strip_prefix('.') {
            rest = behind.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = &behind[..behind.len() - rest.len()];
            fraction = format!("{digits:0<9}").get(..9)?.parse().ok()?;
            if digits.is_empty() {
                return None;
            }
        }
        let offset = match rest.as_bytes() {
            b"Z" => 0,
            [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
                let (hours, minutes) = rest.get(1..)?.split_once(':')?;
                let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let minutes = i64::from(hours) * 60 + i64::from(minutes);
                if *sign == b'-' { -minutes } else { minutes }
            }
            _ => return None,
        };
        let seconds = days * SECONDS_PER_DAY + hour * 3600 + (minute - offset) * 60 + second;
        Some(Self {
            nanoseconds: i128::from(seconds) * NANOSECONDS + fraction,
            offset,
        })
    }

    fn clock(&self) -> Clock {
        let seconds = i64::try_from(self.nanoseconds.div_euclid(NANOSECONDS)).unwrap_or(0);
        let local = seconds + self.offset * 60;
        let days = local.div_euclid(SECONDS_PER_DAY);
        let seconds = local.rem_euclid(SECONDS_PER_DAY);
        let (year, month, day) = civil_from_days(days);
        Clock {
            year,
            month: small(month),
            day: small(day),
            // 1970-01-01 was a Thursday.
            weekday: small((days + 4).rem_euclid(7)),
            hour: small(seconds / 3600),
            minute: small(seconds / 60 % 60),
            second: small(seconds % 60),
        }
    }

    /// `+02:00`, with what stands between hours and minutes.
    fn offset_text(&self, separator: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs();
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }

    fn zone(&self) -> String {
        match self.offset {
            0 => "Z".to_owned(),
            _ => self.offset_text(":"),
        }
    }
}

pub(super) fn timecmp<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (one, other) = (Timestamp::parse(&a.text()?)?, Timestamp::parse(&a.text()?)?);
    let order = one.nanoseconds.cmp(&other.nanoseconds);
    a.number_node(i128::from(order as i8))
}

pub(super) fn timeadd<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let mut timestamp = Timestamp::parse(&a.text()?)?;
    let text = a.text()?;
    let Some(duration) = duration(&text) else {
        return refuse(format!("invalid duration \"{text}\""));
    };
    timestamp.nanoseconds += duration;
    let clock = timestamp.clock();
    a.text_node(format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}",
        clock.year,
        clock.month,
        clock.day,
        clock.hour,
        clock.minute,
        clock.second,
        timestamp.zone()
    ))
}

/// A duration as Go writes it (`1h30m`, `-1.5s`), in nanoseconds.
fn duration(text: &str) -> Option<i128> {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let number = &rest[..rest.len() - behind.len()];
        let unit_end = behind.find(|c: char| c.is_ascii_digit() || c == '.');
        let (unit, after) = behind.split_at(unit_end.unwrap_or(behind.len()));
        let unit: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => NANOSECONDS,
            "m" => 60 * NANOSECONDS,
            "h" => 3600 * NANOSECONDS,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let whole: i128 = if whole.is_empty() {
            0
        } else {
            whole.parse().ok()?
        };
        let fraction: i128 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
        let part = whole.checked_mul(unit)? + fraction * unit / NANOSECONDS;
        // As long as Go's durations can be, in 64 bits.
        total = total
            .checked_add(part)
            .filter(|total| *total <= i128::from(i64::MAX))?;
        rest = after;
    }
    Some(if text.starts_with('-') { -total } else { total })
}

/// <https://developer.hashicorp.com/terraform/language/functions/formatdate>
pub(super) fn formatdate<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (format, timestamp) = (a.text()?, a.text()?);
    let timestamp = Timestamp::parse(&timestamp)?;
    let clock = timestamp.clock();
    let mut out = String::new();
    let mut rest: &str = &format;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            rest = quoted(&rest[1..], &mut out)?;
            continue;
        }
        let behind = rest.trim_start_matches(first);
        let token = &rest[..rest.len() - behind.len()];
        rest = behind;
        if first.is_ascii_alphabetic() {
            match part(token, &timestamp, &clock) {
                Some(part) => out.push_str(&part),
                None => return refuse(format!("invalid date format verb \"{token}\"")),
            }
        } else {
            out.push_str(token);
        }
    }
    a.text_node(out)
}

/// Copies a literal up to its closing quote, a doubled quote being one; gives what follows.
fn quoted<'t, 's>(text: &'t str, out: &mut String) -> Result<&'t str, Stop<'s>> {
    if let Some(rest) = text.strip_prefix('\'') {
        out.push('\'');
        return Ok(rest);
    }
    let mut rest = text;
    loop {
        let Some((literal, behind)) = rest.split_once('\'') else {
            return refuse("unterminated literal '");
        };
        out.push_str(literal);
        match behind.strip_prefix('\'') {
            Some(behind) => {
                out.push('\'');
                rest = behind;
            }
            None => return Ok(behind),
        }
    }
}

/// What a run of one letter stands for.
fn part(token: &str, timestamp: &Timestamp, clock: &Clock) -> Option<String> {
    let numeric = |value: u8| {
        let mut text = String::new();
        match token.len() {
            1 => write!(text, "{value}").ok()?,
            2 => write!(text, "{value:02}").ok()?,
            _ => return None,
        }
        Some(text)
    };
    let named = |names: &[&'static str], index: u8, length: usize| {
        let name = names.get(usize::from(index))?;
        Some(name.get(..length).unwrap_or(name).to_owned())
    };
    match (token.chars().next()?, token.len()) {
        ('Y', 2) => Some(format!("{:02}", clock.year % 100)),
        ('Y', 4) => Some(format!("{:04}", clock.year)),
        ('M', 3) => named(&MONTHS, clock.month.checked_sub(1)?, 3),
        ('M', 4) => named(&MONTHS, clock.month.checked_sub(1)?, usize::MAX),
        ('M', _) => numeric(clock.month),
        ('D', _) => numeric(clock.day),
        ('E', 3) => named(&WEEKDAYS, clock.weekday, 3),
        ('E', 4) => named(&WEEKDAYS, clock.weekday, usize::MAX),
        ('h', _) => numeric(clock.hour),
        ('H', _) => numeric((clock.hour + 11) % 12 + 1),
        ('A', 2) => Some(if clock.hour < 12 { "AM" } else { "PM" }.to_owned()),
        ('a', 2) => Some(if clock.hour < 12 { "am" } else { "pm" }.to_owned()),
        ('m', _) => numeric(clock.minute),
        ('s', _) => numeric(clock.second),
        ('Z', 1) => Some(timestamp.zone()),
        ('Z', 3) if timestamp.offset == 0 => Some("UTC".to_owned()),
        ('Z', 3 | 4) => Some(timestamp.offset_text("")),
        ('Z', 5) => Some(timestamp.offset_text(":")),
        _ => None,
    }
}
