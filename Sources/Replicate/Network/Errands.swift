// What callers have asked for, between the tasks that do it. A task costs a kilobyte of frames and more, and ten thousand
// operations may be under way: one that waits for its turn to begin, or until the next look at its prediction is due, is an
// entry here and no task. No clock, no I/O.

struct Errands {
    typealias Instant = ContinuousClock.Instant

    struct Ready {
        let id: UInt64
        let step: Errand.Step
        let isCanceled: Bool
    }

    private enum Phase { case asleep, inLine, ready, running }

    private struct Entry {
        /// What is next; a step that runs belongs to its task.
        var step: Errand.Step?
        var task: Task<Void, Never>?
        var by: Instant?
        var turn: Errand.Turn
        var phase: Phase
        var isCanceled = false
    }

    private var entries: [UInt64: Entry] = [:]
    private var ready: [UInt64] = []
    private var firstReady = 0
    private var timers = TimerQueue()
    private var newcomers: WaitingLine<UInt64>
    private var looks: WaitingLine<UInt64>
    private var endings: WaitingLine<UInt64>

    /// `connections`: how many requests are under way at once.
    init(connections: Int) {
        newcomers = WaitingLine(limit: connections * 4)
        looks = WaitingLine(limit: connections)
        endings = WaitingLine(limit: connections)
    }

    /// Many go over one connection, it turned out.
    mutating func widen(to requests: Int) {
        newcomers.limit = max(newcomers.limit, requests)
        looks.limit = max(looks.limit, requests)
        endings.limit = max(endings.limit, requests)
    }

    mutating func add(_ begun: Errand.Begun) {
        queue(begun.id, Entry(step: begun.step, by: begun.by, turn: begun.turn, phase: .inLine))
    }

    /// The task to cancel, if it runs; else its next step is ready, whose task is to be canceled from the start.
    mutating func cancel(_ id: UInt64) -> Task<Void, Never>? {
        guard var entry = entries[id], !entry.isCanceled else { return nil }
        entry.isCanceled = true
        if entry.phase == .asleep || entry.phase == .inLine {
            makeReady(id, &entry)
        }
        entries[id] = entry
        return entry.task
    }

    /// When the next one wakes up.
    mutating func nextInstant() -> Instant? { timers.isEmpty ? nil : timers.next() }

    /// Those asleep join their line; those that cannot wait any longer in it leave it.
    mutating func wake(_ now: Instant) {
        guard !timers.isEmpty else { return }
        for id in timers.takeDue(now) {
            guard var entry = entries[id] else { continue }
            if entry.phase == .asleep {
                queue(id, entry)
            } else {
                makeReady(id, &entry)
                entries[id] = entry
            }
        }
    }

    /// The next step that may run; it runs from then on.
    mutating func next() -> Ready? {
        while let id = nextReady() ?? endings.next() ?? looks.next() ?? newcomers.next() {
            guard var entry = entries[id], let step = entry.step else { continue }
            if entry.by != nil { _ = timers.remove(id) }
            entry.step = nil
            entry.phase = .running
            entries[id] = entry
            return Ready(id: id, step: step, isCanceled: entry.isCanceled)
        }
        return nil
    }

    private mutating func nextReady() -> UInt64? {
        guard firstReady < ready.count else {
            if !ready.isEmpty { ready.removeAll(keepingCapacity: ready.count <= 64) }
            firstReady = 0
            return nil
        }
        firstReady += 1
        return ready[firstReady - 1]
    }

    mutating func runs(_ id: UInt64, in task: Task<Void, Never>) { entries[id]?.task = task }

    /// What became of a step; true at the end of its errand.
    mutating func ended(_ id: UInt64, _ next: Errand.Next) -> Bool {
        guard var entry = entries[id] else { return true }
        switch entry.turn {
        case .atOnce: break
        case .newcomer: newcomers.ended()
        case .look: looks.ended()
        case .ending: endings.ended()
        }
        guard case .again(let instant, let by, let turn, let step) = next else {
            entries[id] = nil
            return true
        }
        (entry.task, entry.step, entry.by, entry.turn, entry.phase) = (nil, step, by, turn, .asleep)
        if entry.isCanceled {
            makeReady(id, &entry)
        } else {
            timers.add(id, at: instant)
        }
        entries[id] = entry
        return false
    }

    private mutating func queue(_ id: UInt64, _ waiting: Entry) {
        var entry = waiting
        entry.phase = .inLine
        switch entry.turn {
        case .atOnce: makeReady(id, &entry)
        case .newcomer: newcomers.add(id, id)
        case .look: looks.add(id, id)
        case .ending: endings.add(id, id)
        }
        if entry.phase == .inLine, let by = entry.by { timers.add(id, at: by) }
        entries[id] = entry
    }

    /// Out of turn, and so without a place.
    private mutating func makeReady(_ id: UInt64, _ entry: inout Entry) {
        _ = timers.remove(id)
        _ = newcomers.remove(id)
        _ = looks.remove(id)
        _ = endings.remove(id)
        (entry.turn, entry.phase) = (.atOnce, .ready)
        ready.append(id)
    }
}
