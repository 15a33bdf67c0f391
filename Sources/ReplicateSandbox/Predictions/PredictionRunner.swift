// Runs predictions, each in a task of its own within the server's.

struct PredictionRunner: Sendable {
    let store: PredictionStore
    let speed: Double

    /// Runs what comes until nothing comes any more.
    func run(_ predictions: AsyncStream<Prediction>) async {
        await withDiscardingTaskGroup { group in
            for await prediction in predictions { group.addTask { await live(prediction) } }
            group.cancelAll()
        }
    }

    /// Whatever ends the prediction, a cancel for instance, ends the model's task too.
    private func live(_ prediction: Prediction) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await perform(prediction) }
            _ = await store.ended(prediction.id)
            group.cancelAll()
        }
    }

    private func perform(_ prediction: Prediction) async {
        let model = prediction.order.model.model
        let input = prediction.order.input
        let run = ModelRun(id: prediction.id, store: store, speed: speed)
        do {
            try await run.sleep(model.startDelay(input))
            guard await store.start(prediction.id) else { return }
            let output = try await model.run(input, in: run)
            await store.finish(prediction.id, .output(output))
        } catch let failure as ModelFailure {
            await store.finish(prediction.id, .failure(failure.message))
        } catch {
            await store.cancel(prediction.id)  // Nothing else throws but a task that was cancelled.
        }
    }
}
