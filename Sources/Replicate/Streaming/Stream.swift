// `stream`: a prediction whose output is read while it is made.

extension Client {
    /// Creates a prediction and delivers the events of its stream. The result is the prediction as it is after the end.
    public func stream(
        _ target: ModelReference, _ input: PredictionInput, _ options: Options, telling tell: Creation = Creation(),
        onUpdate: Observer? = nil, deliver: Deliver
    ) async throws(ReplicateError) -> JSON {
        let patience = configuration.patience.changed(by: options)
        let start = await network.now()
        let deadline = patience.total.map { start + $0 }
        let wait = Wait(options, default: .none).within(patience.total)
        let created = try await create(
            target, input, wait, options, patience, by: deadline, outlivesCancel: options.cancelsPrediction, telling: tell)
        onUpdate?(created)
        do throws(ReplicateError) {
            _ = try streamURL(created["urls"]?["stream"]?.string, options)
        } catch {
            // Nobody will read what it makes.
            await abandon(created)
            var error = error
            error.prediction = created
            throw error
        }
        return try await stream(
            of: PredictionState(created), wasJustMade: true, options, patience, deadline, onUpdate, deliver)
    }

    /// Delivers the events of a prediction that exists. `url`: its `urls.stream`, if that is known already.
    public func stream(ofPrediction id: String, at url: String?, _ options: Options, onUpdate: Observer? = nil, deliver: Deliver)
        async throws(ReplicateError) -> JSON
    {
        let patience = configuration.patience.changed(by: options)
        let start = await network.now()
        let deadline = patience.total.map { start + $0 }
        var snapshot = JSON(object: [("id", id)])
        if url == nil {
            do throws(ReplicateError) {
                snapshot = try await look(at: id, .prediction, options, patience, by: await self.deadline(patience))
            } catch {
                var error = error
                error.prediction = snapshot
                throw error
            }
            onUpdate?(snapshot)
        }
        return try await stream(of: PredictionState(snapshot), at: url, options, patience, deadline, onUpdate, deliver)
    }

    private func stream(
        of state: PredictionState, at url: String? = nil, wasJustMade: Bool = false, _ options: Options,
        _ patience: Configuration.Patience,
        _ deadline: ContinuousClock.Instant?, _ onUpdate: Observer?, _ deliver: Deliver
    ) async throws(ReplicateError) -> JSON {
        var wasStreamed = false
        let isNew = url == nil
        do throws(ReplicateError) {
            if let url = try streamURL(url ?? state.snapshot["urls"]?["stream"]?.string, options) {
                wasStreamed = try await readStream(
                    at: url, mayPoll: options.mayPoll, mayBeAbsent: wasJustMade, patience, until: deadline, deliver)
            }
        } catch {
            var error = error
            error.prediction = state.snapshot
            // What the model said is in the prediction; of a stream that broke, what it has come to.
            if ![.canceled, .timeout].contains(error.kind), let id = state.id,
                let answer = try? await look(at: id, .prediction, options, patience, by: await look(deadline, patience)),
                answer["id"]?.string == id
            {
                error.prediction = answer
            }
            throw error
        }
        guard wasStreamed else {
            return try await poll(state, isNew: isNew, options, patience, deadline, onUpdate, deliver)
        }
        // The stream is over a moment before the prediction is.
        return try await result(state) { () throws(ReplicateError) in
            try await self.follow(try await self.startWait(state.id ?? "", options, by: deadline)) { _ in }
        }
    }

    /// The same events, as far as they can be told from polls. `isNew`: the snapshot comes from the server.
    private func poll(
        _ state: PredictionState, isNew: Bool, _ options: Options, _ patience: Configuration.Patience,
        _ deadline: ContinuousClock.Instant?, _ onUpdate: Observer?, _ deliver: Deliver
    ) async throws(ReplicateError) -> JSON {
        try await result(state) { () throws(ReplicateError) in
            var first = state
            if !isNew {
                first = PredictionState(
                    try await look(at: state.id ?? "", .prediction, options, patience, by: await look(deadline, patience)))
            }
            var delta = OutputDelta()
            var isKnown = isNew
            let following = Following(
                .prediction, first, interval: patience.pollInterval, deadline: deadline, limit: patience.total)
            return try await follow(Watch(following, options, patience)) { (snapshot) throws(ReplicateError) in
                if !isKnown { onUpdate?(snapshot) }
                isKnown = false
                let batch = delta.take(snapshot)
                if !batch.isEmpty { try await deliver(batch) }
            }
        }
    }

    /// What comes of a prediction that was read up to its end: that the server canceled it is not an error.
    private func result(
        _ state: PredictionState, _ ending: () async throws(ReplicateError) -> JSON
    ) async throws(ReplicateError) -> JSON {
        do throws(ReplicateError) {
            return try await ending()
        } catch {
            var error = error
            if error.prediction == nil { error.prediction = state.snapshot }
            if error.kind == .canceled, let prediction = error.prediction, PredictionState(prediction).status.isTerminal {
                return prediction
            }
            throw error
        }
    }

    /// How long one look at the prediction may take.
    private func look(_ deadline: ContinuousClock.Instant?, _ patience: Configuration.Patience) async -> ContinuousClock.Instant {
        let usual = await self.deadline(patience)
        return deadline.map { min($0, usual) } ?? usual
    }

    /// nil where there is none and polls will do.
    private func streamURL(_ text: String?, _ options: Options) throws(ReplicateError) -> String? {
        guard let text else {
            if options.mayPoll { return nil }
            throw ReplicateError(
                .invalidInput,
                "the prediction has no stream: this model does not stream its output (fallback=poll follows it by polling)")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let url = WebURL(text),
            url.origin.scheme == "https" || (url.origin.scheme == "http" && configuration.base.origin.scheme == "http")
        else { throw ReplicateError(.protocol, "the stream's address is not an https URL") }
        return text
    }
}
