// The one thread of a client: it polls libcurl, and it is the executor of every operation, so that a process which loads
// the library gains this thread and no pool. Nothing here blocks but curl_multi_poll.

import CCurl
import CSystem
import Glibc
import Synchronization

final class NetworkThread: SerialExecutor, TaskExecutor, Sendable {
    /// What other threads leave for the loop. `sleeping` says that only curl_multi_wakeup will make it look.
    private struct Inbox: ~Copyable {
        var jobs: [UnownedJob] = []
        var messages = Messages()
        var lastErrand: UInt64 = 0
        var operations = 0
        var stopping = false
        var sleeping = false
        var wakers = 0
        var ended = false
        var thread: pthread_t?
    }

    /// What the loop's turn is told, each kind in the order it came.
    struct Messages: Sendable {
        var errands: [Errand.Begun] = []
        var canceledErrands: [UInt64] = []
        /// Transfers and sleeps whose tasks were canceled.
        var cancellations: [UInt64] = []

        var isEmpty: Bool { errands.isEmpty && canceledErrands.isEmpty && cancellations.isEmpty }

        mutating func removeAll() {
            errands.removeAll(keepingCapacity: errands.count <= 64)
            canceledErrands.removeAll(keepingCapacity: canceledErrands.count <= 64)
            cancellations.removeAll(keepingCapacity: true)
        }
    }

    struct Handle: @unchecked Sendable { let multi: OpaquePointer }

    let handle: Handle
    private let inbox = Mutex(Inbox())

    init() throws(ReplicateError) {
        guard Self.libcurl == CURLE_OK, let multi = curl_multi_init() else {
            throw ReplicateError(.internal, "libcurl could not be started")
        }
        handle = Handle(multi: OpaquePointer(multi))
        // libcurl makes no sockets to wake it with when there are none, and says nothing.
        guard curl_multi_wakeup(multi) == CURLM_OK else {
            curl_multi_cleanup(multi)
            throw ReplicateError(.internal, "no descriptors are left to wake the network thread with")
        }
    }

    private static let libcurl: CURLcode = ccurl_global_init()

    /// Starts the thread. `turn` runs on it, again and again: it moves the transfers and timers, given the messages
    /// that came in, and returns how long nothing of its own will be due.
    func begin(_ turn: @escaping @Sendable (Messages) -> Duration?) throws(ReplicateError) {
        let body = Unmanaged.passRetained(LoopBody { self.loop(turn) })
        let status = csystem_start_thread(
            "replicate-net", 1 << 20,
            { context in
                guard let context else { return }
                Unmanaged<LoopBody>.fromOpaque(context).takeRetainedValue().run()
            }, body.toOpaque())
        if status != 0 {
            body.release()
            curl_multi_cleanup(UnsafeMutableRawPointer(handle.multi))
            throw ReplicateError(.internal, "the network thread could not be started: \(String(cString: strerror(status)))")
        }
    }

    private final class LoopBody: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    // MARK: From any thread

    /// Runs an operation on the thread. Nil, and nothing runs, once `stop` was called.
    func start(_ operation: @escaping @Sendable () async -> Void) -> Task<Void, Never>? {
        let accepted = inbox.withLock { inbox in
            if !inbox.stopping { inbox.operations += 1 }
            return !inbox.stopping
        }
        guard accepted else { return nil }
        return task {
            await operation()
            self.operationEnded()
        }
    }

    /// A task of an operation that has begun.
    func task(_ operation: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: self) { await operation() }
    }

    func operationEnded() { inbox.withLock { $0.operations -= 1 } }

    /// Begins an operation that has a task only while it does something. Nil, and nothing runs, once `stop` was called.
    func begin(_ turn: Errand.Turn, by: ContinuousClock.Instant?, _ step: @escaping Errand.Step) -> UInt64? {
        var id: UInt64?
        leave { inbox in
            guard !inbox.stopping else { return }
            inbox.operations += 1
            inbox.lastErrand += 1
            id = inbox.lastErrand
            inbox.messages.errands.append(Errand.Begun(id: inbox.lastErrand, turn: turn, by: by, step: step))
        }
        return id
    }

    /// Cancels the task of an operation, or the one that it would have next, which begins at once.
    func cancel(errand id: UInt64) {
        leave { $0.messages.canceledErrands.append(id) }
    }

    /// No operation starts after this; the thread ends when the last one has. Never blocks.
    func stop() {
        leave { $0.stopping = true }
    }

    var isStopping: Bool { inbox.withLock { $0.stopping } }

    /// Tells the loop that the task behind a transfer or a sleep was canceled.
    func cancel(_ id: UInt64) {
        leave { $0.messages.cancellations.append(id) }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        leave { $0.jobs.append(job) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
    func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

    func checkIsolated() {
        precondition(isCurrent, "this runs on the network thread alone")
    }

    func isIsolatingCurrentContext() -> Bool? { isCurrent }

    private var isCurrent: Bool {
        let current = pthread_self()
        return inbox.withLock { inbox in
            guard let thread = inbox.thread else { return false }
            return pthread_equal(thread, current) != 0
        }
    }

    private func leave(_ change: (inout Inbox) -> Void) {
        let wake = inbox.withLock { inbox in
            change(&inbox)
            guard inbox.sleeping, !inbox.ended else { return false }
            inbox.sleeping = false
            inbox.wakers += 1
            return true
        }
        guard wake else { return }
        // Outside the lock, or the thread would wake up only to wait for it. The count keeps the handle from being cleaned
        // up meanwhile.
        // It is a write to a socket, and can fail.
        var tries = 1000
        while curl_multi_wakeup(UnsafeMutableRawPointer(handle.multi)) != CURLM_OK, tries > 0 {
            tries -= 1
            sched_yield()
        }
        inbox.withLock { $0.wakers -= 1 }
    }

    // MARK: On the thread

    private func loop(_ turn: @Sendable (Messages) -> Duration?) {
        inbox.withLock { $0.thread = pthread_self() }
        var jobs: [UnownedJob] = []
        var messages = Messages()
        while true {
            for job in jobs {
                job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
            jobs.removeAll(keepingCapacity: true)
            let pause = turn(messages)
            messages.removeAll()

            enum Next { case work, sleep, end }
            let next: Next = inbox.withLock { inbox in
                swap(&inbox.jobs, &jobs)
                swap(&inbox.messages, &messages)
                if !jobs.isEmpty || !messages.isEmpty { return .work }
                if inbox.stopping, inbox.operations == 0 {
                    // Somebody is about to touch the handle: a moment more.
                    if inbox.wakers > 0 { return .work }
                    inbox.ended = true
                    return .end
                }
                inbox.sleeping = true
                return .sleep
            }
            switch next {
            case .work: continue
            case .end:
                curl_multi_cleanup(UnsafeMutableRawPointer(handle.multi))
                return
            case .sleep:
                curl_multi_poll(UnsafeMutableRawPointer(handle.multi), nil, 0, Self.milliseconds(pause), nil)
                inbox.withLock { inbox in
                    inbox.sleeping = false
                    swap(&inbox.jobs, &jobs)
                    swap(&inbox.messages, &messages)
                }
            }
        }
    }

    /// The longest sleep, for the case that nobody's waking comes through.
    private static let longest: Int32 = 10_000

    /// Rounded up, so that a timer is due when the poll ends; libcurl shortens it by its own timers.
    private static func milliseconds(_ pause: Duration?) -> Int32 {
        guard let pause else { return longest }
        let (seconds, attoseconds) = pause.components
        guard seconds < longest / 1000 else { return longest }
        return Int32(clamping: max(0, seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
