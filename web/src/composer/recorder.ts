/** Records speech: asks for the microphone, tells how loud it is, gives the recording. */

/** Containers in the order in which they are wanted; the first that the browser can write is taken. */
export const recordingTypes = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'] as const;

/** The type to record, empty for whatever the browser writes when it can none of those. */
export function recordingType(supported: (type: string) => boolean): string {
  return recordingTypes.find((type) => supported(type)) ?? '';
}

/** How loud samples around 128 are, from 0 to 1; speech fills most of it. */
export function loudness(samples: Uint8Array): number {
  let sum = 0;
  for (const sample of samples) sum += ((sample - 128) / 128) ** 2;
  return samples.length === 0 ? 0 : Math.min(1, Math.sqrt(sum / samples.length) * 4);
}

export class Recorder {
  #chunks: Blob[] = [];
  readonly #open = new AbortController();

  private constructor(
    private readonly stream: MediaStream,
    private readonly recorder: MediaRecorder,
    private readonly context: AudioContext,
    private readonly analyser: AnalyserNode,
  ) {
    recorder.addEventListener('dataavailable', (event) => this.#chunks.push(event.data), { signal: this.#open.signal });
    recorder.start();
  }

  /** Rejects when there is no microphone or the user does not allow its use. */
  static async start(): Promise<Recorder> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    try {
      return Recorder.#of(stream);
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw error;
    }
  }

  static #of(stream: MediaStream): Recorder {
    const mimeType = recordingType((type) => MediaRecorder.isTypeSupported(type));
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(stream).connect(analyser);
    return new Recorder(stream, new MediaRecorder(stream, mimeType === '' ? {} : { mimeType }), context, analyser);
  }

  /** How loud it is now, from 0 to 1. */
  level(): number {
    const samples = new Uint8Array(this.analyser.fftSize);
    this.analyser.getByteTimeDomainData(samples);
    return loudness(samples);
  }

  /** Ends the recording and gives it. */
  async finish(): Promise<Blob> {
    const stopped = new Promise((resolve) => this.recorder.addEventListener('stop', resolve, { once: true }));
    if (this.recorder.state !== 'inactive') {
      this.recorder.stop();
      await stopped;
    }
    this.close();
    return new Blob(this.#chunks, { type: this.recorder.mimeType });
  }

  /** Gives the microphone back. */
  close(): void {
    if (this.#open.signal.aborted) return;
    this.#open.abort();
    if (this.recorder.state !== 'inactive') this.recorder.stop();
    for (const track of this.stream.getTracks()) track.stop();
    void this.context.close();
  }
}

/** Base64 without a call stack as deep as the recording is long. */
export async function toBase64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(parts.join(''));
}
