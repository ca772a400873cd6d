import { wrapMethod } from '../kernel/wrap.ts';
import { JETSTREAM, type Surface } from './surface.ts';

/** The part of stream info that says under which subjects a stream stores. */
interface StreamAnswer {
  config?: { subjects?: unknown };
  /** A number in what is said of an account. */
  streams?: { config?: { subjects?: unknown } }[] | number;
}

/** Nothing is traced here: what the server tells the application of its streams names their subjects. */
export const streamSubjectsSurface: Surface = {
  ...JETSTREAM,
  file: 'lib/jsbaseclient_api.js',
  patch: (exports, kernel) =>
    wrapMethod(
      exports.BaseApiClientImpl?.prototype,
      'parseJsResponse',
      (original) =>
        function parseJsResponse(this: unknown, ...args: unknown[]) {
          const answer: StreamAnswer = original.apply(this, args);
          kernel.guard(() => {
            const listed = Array.isArray(answer.streams) ? answer.streams : [];
            for (const { config } of [answer, ...listed]) {
              if (Array.isArray(config?.subjects)) kernel.destinations.learnStream(config.subjects);
            }
          });
          return answer;
        },
    ),
};
