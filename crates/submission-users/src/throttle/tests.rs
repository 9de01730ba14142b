use super::*;
use crate::subject::NameKey;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn subject(name: &str) -> Subject {
    NameKey::from_octets([1; 32]).subject(name)
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn e10c_the_first_failures_are_only_delayed() {
    let throttle = Throttle::new(ThrottleSettings::default());
    let now = Instant::now();
    let delays: Vec<u64> =
        (0..6).map(|_| throttle.failed(ip("192.0.2.1"), Some(subject("a")), now).as_secs()).collect();
    assert_eq!(delays, [1, 2, 4, 8, 8, 8]);
    assert_eq!(throttle.verdict(ip("192.0.2.1"), Some(subject("a")), now), Verdict::Open);
    assert_eq!(throttle.failed(ip("192.0.2.2"), None, now), SECOND);
}

#[test]
fn a_network_is_locked_for_a_while_whoever_it_tries() {
    let throttle = Throttle::new(ThrottleSettings::default());
    let now = Instant::now();
    for number in 0..20 {
        throttle.failed(ip(&format!("2001:db8::{number:x}")), Some(subject(&number.to_string())), now);
    }
    let other = ip("2001:db8::ffff");
    assert_eq!(throttle.verdict(other, None, now + SECOND), Verdict::Locked(299 * SECOND));
    assert_eq!(throttle.verdict(ip("2001:db8:0:1::1"), None, now), Verdict::Open);
    assert_eq!(throttle.verdict(other, None, now + 300 * SECOND), Verdict::Open);
    // It is still remembered: one more failure, and it is locked again.
    throttle.failed(other, None, now + 300 * SECOND);
    assert_eq!(throttle.verdict(other, None, now + 300 * SECOND), Verdict::Locked(300 * SECOND));
    // Long after, it begins anew.
    assert_eq!(throttle.failed(other, None, now + 1201 * SECOND), SECOND);
}

#[test]
fn an_ipv4_address_is_the_same_in_both_families() {
    let throttle = Throttle::new(ThrottleSettings { network_failures: 1, ..ThrottleSettings::default() });
    let now = Instant::now();
    throttle.failed(ip("::ffff:192.0.2.1"), None, now);
    assert!(matches!(throttle.verdict(ip("192.0.2.1"), None, now), Verdict::Locked(_)));
    assert_eq!(throttle.verdict(ip("192.0.2.2"), None, now), Verdict::Open);
}

#[test]
fn a_user_is_locked_but_not_at_home() {
    let throttle = Throttle::new(ThrottleSettings::default());
    let now = Instant::now();
    let (home, user) = (ip("192.0.2.1"), subject("a"));
    throttle.succeeded(home, user, now);
    for number in 0..10 {
        throttle.failed(ip(&format!("198.51.100.{number}")), Some(user), now);
    }
    assert!(matches!(throttle.verdict(ip("203.0.113.1"), Some(user), now), Verdict::Locked(_)));
    assert_eq!(throttle.verdict(home, Some(user), now), Verdict::Open);
    assert_eq!(throttle.verdict(ip("203.0.113.1"), Some(subject("b")), now), Verdict::Open);
    let later = now + Duration::from_secs(86_400);
    for number in 0..10 {
        throttle.failed(ip(&format!("198.51.100.{number}")), Some(user), later);
    }
    assert!(matches!(throttle.verdict(home, Some(user), later), Verdict::Locked(_)));
}

#[test]
fn a_good_login_clears() {
    let throttle = Throttle::new(ThrottleSettings::default());
    let now = Instant::now();
    let (peer, user) = (ip("192.0.2.1"), subject("a"));
    for _ in 0..9 {
        throttle.failed(peer, Some(user), now);
    }
    throttle.succeeded(peer, user, now);
    assert_eq!(throttle.failed(peer, Some(user), now), SECOND);
}

#[test]
fn memory_is_bounded_and_the_oldest_goes_first() {
    let throttle = Throttle::new(ThrottleSettings { max_entries: 3, user_failures: 1, ..ThrottleSettings::default() });
    let now = Instant::now();
    for name in ["a", "b", "a", "c", "d"] {
        throttle.failed(ip("192.0.2.1"), Some(subject(name)), now);
    }
    for number in 0..100 {
        throttle.succeeded(ip(&format!("203.0.113.{number}")), subject("x"), now);
    }
    assert_eq!(throttle.len(), 1 + 3 + 3);
    let locked = |name| matches!(throttle.verdict(ip("192.0.2.9"), Some(subject(name)), now), Verdict::Locked(_));
    assert_eq!(["a", "b", "c", "d"].map(locked), [true, false, true, true]);
}
