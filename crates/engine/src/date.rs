//! Days of the calendar, as people write them: `2027-06-30`. Which day it is today is not known here.

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Reads `YYYY-MM-DD`; nothing where that is no day.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let is_shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !is_shaped {
            return None;
        }
        let date = Self {
            year: text.get(..4)?.parse().ok()?,
            month: text.get(5..7)?.parse().ok()?,
            day: text.get(8..)?.parse().ok()?,
        };
        let is_real = (1..=12).contains(&date.month)
            && (1..=days_in(date.year, date.month)).contains(&date.day);
        is_real.then_some(date)
    }

    /// The day that comes so many days after 1970-01-01; the last that can be written where there is none.
    pub fn from_days(days: u64) -> Self {
        let mut left = days;
        for year in 1970..=9999 {
            for month in 1..=12 {
                let length = u64::from(days_in(year, month));
                if left < length {
                    let day = u8::try_from(left + 1).unwrap_or(1);
                    return Self { year, month, day };
                }
                left -= length;
            }
        }
        Self {
            year: 9999,
            month: 12,
            day: 31,
        }
    }

    /// How many days it comes after another one; negative where it comes before it.
    pub fn days_after(self, other: Self) -> i64 {
        self.number() - other.number()
    }

    /// Days since the beginning of the year 0.
    fn number(self) -> i64 {
        let before = i64::from(self.year);
        let leap_days = (before + 3) / 4 - (before + 99) / 100 + (before + 399) / 400;
        let months: i64 = (1..self.month)
            .map(|month| i64::from(days_in(self.year, month)))
            .sum();
        before * 365 + leap_days + months + i64::from(self.day)
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_read() {
        for (text, is_day) in [
            ("2027-06-30", true),
            ("2024-02-29", true),
            ("2000-02-29", true),
            ("2026-02-29", false),
            ("1900-02-29", false),
            ("2027-06-31", false),
            ("2027-00-10", false),
            ("2027-13-10", false),
            ("2027-06-00", false),
            ("2027-6-30", false),
            ("20270630", false),
            ("2027-06-3x", false),
            ("+027-06-30", false),
            ("30.06.2027", false),
            ("２027-06-30", false),
            ("", false),
        ] {
            let read = Date::parse(text).map(|date| date.to_string());
            assert_eq!(read.as_deref(), is_day.then_some(text), "{text}");
        }
    }

    #[test]
    fn days_are_counted() {
        for (days, expected) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (20_454, "2026-01-01"),
            (u64::MAX, "9999-12-31"),
        ] {
            assert_eq!(Date::from_days(days).to_string(), expected);
        }
        for (later, earlier, expected) in [
            ("2026-01-01", "1970-01-01", 20_454),
            ("2024-03-01", "2024-02-28", 2),
            ("2026-03-01", "2026-02-28", 1),
            ("2026-01-01", "2026-12-31", -364),
            ("2100-03-01", "2100-02-28", 1),
        ] {
            let date = |text| Date::parse(text).unwrap();
            assert_eq!(date(later).days_after(date(earlier)), expected, "{later}");
        }
    }
}
