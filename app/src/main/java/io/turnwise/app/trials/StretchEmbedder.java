package io.turnwise.app.trials;

import io.turnwise.inference.model.ExecutionProvider;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ProviderChoice;
import io.turnwise.inference.model.SpeakerEmbedder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Embeds stretches of certain lengths on a provider, which is to know the length beforehand, and
 * all others on the CPU. Thread-safe until it is closed.
 */
public final class StretchEmbedder implements Trials.Embedding, AutoCloseable {
  private final List<SpeakerEmbedder> opened;
  private final Trials.Embedding any;
  private final Map<Integer, Trials.Embedding> byLength;

  /**
   * @param opened closed with this one
   * @param byLength by number of samples
   */
  StretchEmbedder(
      List<SpeakerEmbedder> opened, Trials.Embedding any, Map<Integer, Trials.Embedding> byLength) {
    this.opened = List.copyOf(opened);
    this.any = any;
    this.byLength = Map.copyOf(byLength);
  }

  /**
   * Opens a model once for any length and, where the choice is kept, once for each length.
   *
   * @param lengths whole recordings among them have none
   * @throws io.turnwise.inference.model.UnusableModel if the runtime refuses the model
   */
  public static StretchEmbedder open(Model model, ProviderChoice choice, List<Length> lengths) {
    List<SpeakerEmbedder> opened = new ArrayList<>();
    try {
      SpeakerEmbedder any = SpeakerEmbedder.openForAnyLength(model);
      opened.add(any);
      Map<Integer, Trials.Embedding> byLength = new TreeMap<>();
      if (choice != ProviderChoice.CPU) {
        for (Length length : lengths) {
          if (!length.equals(Length.WHOLE)) {
            SpeakerEmbedder fixed = SpeakerEmbedder.open(model, length.samples(), choice);
            opened.add(fixed);
            // On the CPU one embedder for all lengths gives the figures of --provider cpu.
            if (fixed.provider().used() != ExecutionProvider.CPU) {
              byLength.put(length.samples(), fixed::embed);
            }
          }
        }
      }
      return new StretchEmbedder(opened, any::embed, byLength);
    } catch (RuntimeException e) {
      opened.forEach(SpeakerEmbedder::close);
      throw e;
    }
  }

  @Override
  public float[] embed(float[] samples, boolean[] speech) {
    return byLength.getOrDefault(samples.length, any).embed(samples, speech);
  }

  @Override
  public void close() {
    opened.forEach(SpeakerEmbedder::close);
  }
}
