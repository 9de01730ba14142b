//! Changes: decided one after the other, made durable together (ST7).

use std::sync::Arc;

use postroad_api::fleet::v1::AuditRecord;
use postroad_store::{Change, Expect, Pending, RequestMark, RequestRecord, StoreError};
use tokio::sync::oneshot;

use super::{Configuration, Drafted};
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::plan::{Plan, Planned};
use crate::state::State;
use crate::write::Write;
use crate::{audit, clock, difference, stored};

/// How often a change is decided anew because others wrote first.
const TRIES: usize = 5;

/// What is stored with a change beside its records.
struct Attached<'a> {
    audit: &'a AuditRecord,
    request: Option<RequestMark>,
}

/// How a change was taken in.
enum Taken<A> {
    /// It waits for the disk.
    Pending { pending: Pending, answer: A, audit: Box<AuditRecord> },
    /// It changes nothing.
    Nothing { answer: A, revision: u64 },
    /// It was made before.
    Before { answer: A, revision: u64 },
}

impl Configuration {
    /// Decides and makes a change; it is durable and published when this returns. A caller who goes away does not stop
    /// it: the change is made or not made, never forgotten. A call that only asks is decided and checked alike, and makes
    /// nothing. One that was made before with the same request id gets the first answer.
    ///
    /// # Errors
    /// What `decide` says, what relays would say, or what the store says.
    pub(crate) async fn change<A, D>(self: &Arc<Self>, call: Call, decide: D) -> Result<A, ApiError>
    where
        A: Answer + 'static,
        D: Fn(&mut Plan<'_>) -> Result<A, ApiError> + Send + Sync + 'static,
    {
        let decide = Arc::new(decide);
        if call.validate_only {
            return Ok(planned(&self.state(), &decide).await?.0);
        }
        let (answer, answered) = oneshot::channel();
        let this = Arc::clone(self);
        self.tasks.spawn("write", async move {
            let outcome = this.write(&call, &decide).await;
            if let Err(error) = &outcome {
                this.record_refusal(&call, error).await;
            }
            // Nobody waits any more when this fails.
            let _heard = answer.send(outcome).is_ok();
        });
        answered.await.map_err(|_dropped| ApiError::Internal("the write was given up"))?
    }

    async fn write<A, D>(&self, call: &Call, decide: &Arc<D>) -> Result<A, ApiError>
    where
        A: Answer + 'static,
        D: Fn(&mut Plan<'_>) -> Result<A, ApiError> + Send + Sync + 'static,
    {
        let (taken, ground, epoch) = {
            let mut drafted = self.drafted.lock().await;
            let taken = self.take(&mut drafted, call, decide).await;
            (taken, drafted.state.revision, drafted.state.epoch)
        };
        match taken {
            Ok(Taken::Pending { pending, mut answer, audit }) => {
                let commit = self.checked(pending.await)?;
                self.arrive(commit.revision);
                audit::event(&audit, commit.revision);
                answer.made_at(&epoch, commit.revision);
                Ok(answer)
            }
            Ok(Taken::Nothing { mut answer, revision } | Taken::Before { mut answer, revision }) => {
                self.durable(revision).await?;
                self.arrive(revision);
                answer.made_at(&epoch, revision);
                Ok(answer)
            }
            // The refusal may rest on changes that wait for the disk.
            Err(error) => {
                self.durable(ground).await?;
                Err(error)
            }
        }
    }

    /// Decides a change on top of all before it and hands it to the store.
    async fn take<A, D>(&self, drafted: &mut Drafted, call: &Call, decide: &Arc<D>) -> Result<Taken<A>, ApiError>
    where
        A: Answer + 'static,
        D: Fn(&mut Plan<'_>) -> Result<A, ApiError> + Send + Sync + 'static,
    {
        if let Some(taken) = self.done_before(drafted, call).await? {
            return Ok(taken);
        }
        for _ in 0..TRIES {
            let before = Arc::clone(&drafted.state);
            let (answer, Planned { writes, after }) = planned(&before, decide).await?;
            if writes.is_empty() {
                return Ok(Taken::Nothing { answer, revision: before.revision });
            }
            let changes = difference::of_writes(&before.objects, &after.objects, &writes);
            let audit = Box::new(audit::record(call, before.revision, audit::OK, &changes));
            let request = call.content.first().map(|content| mark(call, *content, &answer));
            let change =
                self.to_store(&before, &after, &writes, Attached { audit: &audit, request: request.clone() })?;
            match self.checked(self.store.enqueue(change).await) {
                Ok(pending) => {
                    let revision = pending.revision();
                    drafted.state = Arc::new(numbered(&before, after, &writes, revision)?);
                    if let Some(RequestMark { id, content, outcome }) = request {
                        drafted.requests.insert(id, RequestRecord { content, revision, outcome, expires: u64::MAX });
                    }
                    self.depart(&drafted.state);
                    return Ok(Taken::Pending { pending, answer, audit });
                }
                Err(StoreError::AlreadyDone { revision, outcome, .. }) => return replay(&outcome, revision),
                Err(StoreError::BaseMoved { .. } | StoreError::Stale { .. }) => {
                    drafted.state = self.reload(&drafted.state).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(ApiError::Contended)
    }

    /// What was answered when this very request was made before. A key that has gone to the second place since still
    /// tells its content.
    async fn done_before<A: Answer>(&self, drafted: &mut Drafted, call: &Call) -> Result<Option<Taken<A>>, ApiError> {
        if call.request_id.is_empty() {
            return Ok(None);
        }
        let durable = *self.store.head().borrow();
        drafted.requests.retain(|_, request| request.revision > durable);
        let kept = match drafted.requests.get(&call.request_id) {
            Some(under_way) => Some(under_way.clone()),
            None => self.store.request(&call.request_id).await?,
        };
        match kept.filter(|kept| kept.expires > clock::unix_ms()) {
            None => Ok(None),
            Some(kept) if call.content.contains(&kept.content) => replay(&kept.outcome, kept.revision).map(Some),
            Some(_) => Err(ApiError::RequestIdReused { id: call.request_id.clone() }),
        }
    }

    fn to_store(
        &self,
        before: &State,
        after: &State,
        writes: &[Write],
        attached: Attached<'_>,
    ) -> Result<Change, ApiError> {
        let mut change = Change {
            base: before.revision,
            time: clock::unix_ms(),
            audit: Some(audit::encode(attached.audit)),
            request: attached.request,
            ..Change::default()
        };
        if after.secrets.differ_from(&before.secrets) || writes.iter().any(Write::is_sealed_anew) {
            change.puts.push(after.secrets.mark(&self.keys));
        }
        for write in writes {
            let expected = write.version_in(&before.objects).map_or(Expect::Absent, Expect::Version);
            if let Some(record) = write.main_record() {
                change.expect.push((stored::key(record.kind, &record.id)?, expected));
            }
            for record in &write.records {
                if let Some(version) = record.expect {
                    change.expect.push((stored::key(record.kind, &record.id)?, Expect::Version(version)));
                }
                match record.record(0) {
                    Some(record) => change.puts.push(stored::put(&self.keys, &record)?),
                    None => change.deletes.push(stored::key(record.kind, &record.id)?),
                }
            }
        }
        Ok(change)
    }

    /// Somebody else wrote: the store is right.
    async fn reload(&self, drafted: &State) -> Result<Arc<State>, ApiError> {
        // What is under way of ours is part of it.
        self.durable(drafted.revision).await?;
        let held = self.store.snapshot().await?;
        let state = State::load(&self.keys, &held)
            .map_err(|error| ApiError::Store(StoreError::Corrupt(format!("{error:#}"))))?;
        let state = Arc::new(state);
        self.replace(Arc::clone(&state));
        Ok(state)
    }

    /// Notes a call that was refused, unless there are too many of them.
    async fn record_refusal(&self, call: &Call, error: &ApiError) {
        let now = clock::unix_ms();
        let Some(left_out) = self.refusals.permit(now) else { return };
        if left_out > 0 {
            tracing::warn!(left_out, "refused calls were left out of the audit trail: there were too many");
        }
        let revision = self.state().revision;
        let record = audit::record(call, revision, error.code().1, &[]);
        audit::event(&record, revision);
        if !self.broken.is_begun()
            && let Err(error) = self.checked(self.store.record(audit::encode(&record), now).await)
        {
            tracing::error!(%error, "a refused call could not be recorded");
        }
    }
}

/// Decides and checks a change apart from the threads that serve.
async fn planned<A, D>(before: &Arc<State>, decide: &Arc<D>) -> Result<(A, Planned), ApiError>
where
    A: Answer + 'static,
    D: Fn(&mut Plan<'_>) -> Result<A, ApiError> + Send + Sync + 'static,
{
    let (before, decide) = (Arc::clone(before), Arc::clone(decide));
    let plan = move || {
        let mut plan = Plan::on(&before);
        let answer = decide(&mut plan)?;
        Ok((answer, plan.finish()?))
    };
    tokio::task::spawn_blocking(plan).await.map_err(|_panic| ApiError::Internal("the change could not be checked"))?
}

/// The state at the revision that the store gave it, which is mostly the one that was expected.
fn numbered(before: &State, after: State, writes: &[Write], revision: u64) -> Result<State, ApiError> {
    if after.revision == revision {
        return Ok(after);
    }
    let mut objects = before.objects.clone();
    writes.iter().for_each(|write| objects.apply(&write.object, revision));
    before.with(objects, writes, revision)
}

fn mark(call: &Call, content: [u8; 32], answer: &impl Answer) -> RequestMark {
    let whole = answer.encode_to_vec();
    let outcome = if whole.len() <= postroad_store::MAX_BODY { whole } else { answer.shortened().encode_to_vec() };
    RequestMark { id: call.request_id.clone(), content, outcome: outcome.into() }
}

fn replay<A: Answer>(outcome: &[u8], revision: u64) -> Result<Taken<A>, ApiError> {
    let answer = A::decode(outcome).map_err(|_malformed| ApiError::Internal("a kept answer cannot be read"))?;
    Ok(Taken::Before { answer, revision })
}
