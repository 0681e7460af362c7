//! How much may be sent on a stream: the sender's count and the receiver's. Both pure.

/// What the sender of a stream may still send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendWindow {
    available: u32,
}

/// More credit than can be counted: the receiver broke the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{added} bytes of credit on top of {available} are more than can be counted")]
pub struct CreditOverflow {
    /// The credit there was.
    pub available: u32,
    /// The credit that came.
    pub added: u32,
}

impl SendWindow {
    /// A stream that may send `initial` bytes before the first credit.
    #[must_use]
    pub const fn new(initial: u32) -> Self {
        Self { available: initial }
    }

    /// How many bytes may be sent now.
    #[must_use]
    pub const fn available(&self) -> u32 {
        self.available
    }

    /// Uses up to `wanted` bytes; says how many may be sent, which may be none.
    pub fn take(&mut self, wanted: usize) -> usize {
        let granted = u32::try_from(wanted).map_or(self.available, |n| n.min(self.available));
        self.available -= granted;
        granted as usize
    }

    /// Takes in a credit from the receiver.
    ///
    /// # Errors
    /// When the sum is over `u32::MAX`; the window is as before.
    pub fn add(&mut self, bytes: u32) -> Result<(), CreditOverflow> {
        let available = self.available;
        self.available = available.checked_add(bytes).ok_or(CreditOverflow {
            available,
            added: bytes,
        })?;
        Ok(())
    }
}

/// What the receiver of a stream has promised to take, and has not been sent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiveWindow {
    window: u32,
    /// What the sender may still send.
    open: u32,
    /// What was consumed and not yet given back as credit.
    owed: u32,
}

/// More bytes than there was credit for: the sender broke the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{received} bytes arrived where {open} were allowed")]
pub struct Overrun {
    /// What arrived.
    pub received: usize,
    /// What was allowed.
    pub open: u32,
}

impl ReceiveWindow {
    /// A stream that may hold `window` bytes which nobody has consumed.
    #[must_use]
    pub const fn new(window: u32) -> Self {
        Self {
            window,
            open: window,
            owed: 0,
        }
    }

    /// Counts `bytes` that arrived.
    ///
    /// # Errors
    /// When they are more than was allowed; the stream is to be reset.
    pub fn received(&mut self, bytes: usize) -> Result<(), Overrun> {
        let open = self.open;
        self.open = u32::try_from(bytes)
            .ok()
            .and_then(|bytes| open.checked_sub(bytes))
            .ok_or(Overrun {
                received: bytes,
                open,
            })?;
        Ok(())
    }

    /// Counts `bytes` that arrived before and are now consumed; gives the credit to send, which
    /// comes due when it has grown to half a window.
    pub fn taken(&mut self, bytes: usize) -> Option<u32> {
        let held = self.window - self.open - self.owed;
        self.owed += u32::try_from(bytes).map_or(held, |bytes| bytes.min(held));
        if self.owed == 0 || self.owed < self.window / 2 {
            return None;
        }
        self.open += self.owed;
        Some(std::mem::take(&mut self.owed))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// What happens on a stream, each with a number of bytes.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        Send(usize),
        Arrive(usize),
        Consume(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        let bytes = 0..3_000usize;
        prop_oneof![
            bytes.clone().prop_map(Step::Send),
            bytes.clone().prop_map(Step::Arrive),
            bytes.prop_map(Step::Consume),
        ]
    }

    proptest! {
        /// Whatever the order of events, the receiver holds at most a window, an honest sender
        /// never overruns it, and once all is consumed the sender may go on.
        #[test]
        fn credit_is_kept_and_never_runs_dry(
            window in 1u32..2_000,
            steps in vec(step(), 0..200),
        ) {
            let (mut send, mut receive) = (SendWindow::new(window), ReceiveWindow::new(window));
            let (mut on_the_way, mut held) = (0, 0);
            let last = [Step::Arrive(usize::MAX), Step::Consume(usize::MAX)];
            for step in steps.into_iter().chain(last) {
                match step {
                    Step::Send(wanted) => {
                        let granted = send.take(wanted);
                        prop_assert!(granted <= wanted);
                        on_the_way += granted;
                    }
                    Step::Arrive(bytes) => {
                        let bytes = bytes.min(on_the_way);
                        on_the_way -= bytes;
                        held += bytes;
                        prop_assert_eq!(receive.received(bytes), Ok(()));
                    }
                    Step::Consume(bytes) => {
                        let bytes = bytes.min(held);
                        held -= bytes;
                        if let Some(credit) = receive.taken(bytes) {
                            prop_assert!(credit > 0 && credit >= window / 2);
                            prop_assert_eq!(send.add(credit), Ok(()));
                        }
                    }
                }
                prop_assert!(on_the_way + held + send.available() as usize <= window as usize);
            }
            prop_assert!(send.available() > 0 && send.available() >= window / 2);
        }

        /// A byte more than was allowed is noticed, and changes nothing.
        #[test]
        fn an_overrun_is_noticed(window in 0u32..=u32::MAX, before in any::<u32>(), over in 1usize..1_000) {
            let mut receive = ReceiveWindow::new(window);
            receive.received(before.min(window) as usize).unwrap();
            let (open, untouched) = (window - before.min(window), receive.clone());
            let received = open as usize + over;
            prop_assert_eq!(receive.received(received), Err(Overrun { received, open }));
            prop_assert_eq!(receive, untouched);
        }
    }

    #[test]
    fn credit_beyond_counting_is_refused() {
        let mut send = SendWindow::new(u32::MAX - 1);
        assert_eq!(send.add(1), Ok(()));
        let (available, added) = (u32::MAX, 1);
        assert_eq!(send.add(1), Err(CreditOverflow { available, added }));
        assert_eq!(send.available(), u32::MAX);
    }

    #[test]
    fn what_never_arrived_earns_no_credit() {
        let mut receive = ReceiveWindow::new(100);
        assert_eq!(receive.taken(100), None);
        receive.received(60).unwrap();
        assert_eq!(receive.taken(usize::MAX), Some(60));
    }
}
