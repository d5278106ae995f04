// The peer of `turnwise bench inference --sherpa`: embeds with sherpa-onnx, one line of JSON for each on standard input.
//
//   node measure.js MODEL.onnx
//   {"segment": SAMPLES}  ->  {"samples": N}         what is embedded from now on: base64 of float32, little-endian, 16 kHz
//   {"time": MS}          ->  {"count": N, "nanos": N}    embeds it again and again, about that long
//   {"embed": SAMPLES}    ->  {"embedding": [...]}
//
// The first line written says the version and the dimension, or what is wrong: {"error": "..."}.
'use strict';
const readline = require('readline');

const say = (answer) => process.stdout.write(JSON.stringify(answer) + '\n');

let sherpa;
let extractor;
try {
  sherpa = require('sherpa-onnx-node');
  extractor = new sherpa.SpeakerEmbeddingExtractor({model: process.argv[2], numThreads: 1, provider: 'cpu', debug: false});
} catch (e) {
  say({error: String(e.message).split('\n')[0]});
  process.exit(1);
}
say({version: require('sherpa-onnx-node/package.json').version, dimension: extractor.dim});

function samplesOf(base64) {
  const bytes = Buffer.from(base64, 'base64');
  const samples = new Float32Array(bytes.length / 4);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readFloatLE(4 * i);
  return samples;
}

function embed(samples) {
  const stream = extractor.createStream();
  stream.acceptWaveform({sampleRate: 16000, samples});
  stream.inputFinished();
  return extractor.compute(stream);
}

let segment = new Float32Array(24000);
readline.createInterface({input: process.stdin}).on('line', (line) => {
  const asked = JSON.parse(line);
  if (asked.segment !== undefined) {
    segment = samplesOf(asked.segment);
    say({samples: segment.length});
  } else if (asked.time !== undefined) {
    const start = process.hrtime.bigint();
    const until = start + BigInt(Math.round(asked.time * 1e6));
    let count = 0;
    let now;
    do {
      embed(segment);
      count++;
      now = process.hrtime.bigint();
    } while (now < until);
    say({count, nanos: Number(now - start)});
  } else {
    say({embedding: Array.from(embed(samplesOf(asked.embed)))});
  }
});
