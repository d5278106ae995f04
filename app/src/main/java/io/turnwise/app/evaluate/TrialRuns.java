package io.turnwise.app.evaluate;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.play.Recording;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.model.VoiceSpace;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.segment.Segment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Tries settings on recordings, by the production topology. Each recording is embedded once for all
 * settings that differ in the tracker's part alone, and tracked once for equal settings. Used by
 * one thread; works on two recordings at a time.
 */
final class TrialRuns implements AutoCloseable {
  private static final int THREADS = 2;

  private final Map<String, String> settings;
  private final ModelCatalog models;
  private final SortedMap<String, Pairs.Pair> recordings = new TreeMap<>();
  private final Map<SortedMap<String, String>, Embedded> embedded = new HashMap<>();
  private final Map<Candidate, SortedMap<String, DiarizationError>> errors = new HashMap<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  /** The recordings by one front end. */
  private record Embedded(
      SortedMap<String, EmbeddedRecording> recordings, Map<String, VoiceSpace> spaces) {}

  /**
   * @param settings those that every candidate comes over
   * @param models where their models are looked up
   */
  TrialRuns(Map<String, String> settings, ModelCatalog models, List<Pairs.Pair> recordings) {
    this.settings = new TreeMap<>(settings);
    this.models = models;
    recordings.forEach(pair -> this.recordings.put(pair.name(), pair));
  }

  /** The recordings' names. */
  SortedSet<String> names() {
    return new TreeSet<>(recordings.keySet());
  }

  /**
   * The error of some recordings together, by a candidate's settings: after all corrections,
   * without collar.
   */
  DiarizationError error(Candidate candidate, SortedSet<String> names) {
    SortedMap<String, DiarizationError> known =
        errors.computeIfAbsent(candidate, missing -> new TreeMap<>());
    List<String> missing = names.stream().filter(name -> !known.containsKey(name)).toList();
    if (!missing.isEmpty()) {
      TurnwiseSettings all = TurnwiseSettings.of(candidate.over(settings));
      Embedded front = embedded(candidate);
      EmbeddingsReplay replay = new EmbeddingsReplay(all, front.spaces());
      List<Callable<DiarizationError>> tasks = new ArrayList<>();
      for (String name : missing) {
        EmbeddedRecording recording = front.recordings().get(name);
        tasks.add(
            () ->
                DiarizationError.of(recording.reference(), replay.replay(recording).revised(), 0));
      }
      List<DiarizationError> found = all(tasks);
      for (int i = 0; i < missing.size(); i++) {
        known.put(missing.get(i), found.get(i));
      }
    }
    return names.stream().map(known::get).reduce(DiarizationError.NONE, DiarizationError::plus);
  }

  private Embedded embedded(Candidate candidate) {
    SortedMap<String, String> frontEnd = candidate.over(settings);
    frontEnd.keySet().retainAll(TurnwiseSettings.frontEnd());
    Embedded known = embedded.get(frontEnd);
    if (known == null) {
      known = embed(TurnwiseSettings.of(frontEnd));
      embedded.put(frontEnd, known);
    }
    return known;
  }

  private Embedded embed(TurnwiseSettings frontEnd) {
    Model model = models.find(frontEnd.model());
    try (SpeechGate.Factory gates = SpeechGates.named(frontEnd.gate());
        SpeakerEmbedder embedder =
            SpeakerEmbedder.open(model, Segment.SAMPLES, frontEnd.provider())) {
      RecordingEmbedder once = new RecordingEmbedder(frontEnd, embedder, gates);
      List<Callable<EmbeddedRecording>> tasks = new ArrayList<>();
      for (Pairs.Pair pair : recordings.values()) {
        tasks.add(
            () ->
                once.embed(
                    new Recording(pair.name(), 0, WavFile.read(pair.audio())), pair.reference()));
      }
      SortedMap<String, EmbeddedRecording> byName = new TreeMap<>();
      all(tasks).forEach(recording -> byName.put(recording.name(), recording));
      return new Embedded(byName, Map.of(model.fingerprint(), model.space()));
    }
  }

  private <T> List<T> all(List<Callable<T>> tasks) {
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> running : threads.invokeAll(tasks)) {
        results.add(running.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("Interrupted while trying settings.", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
