import { wrapMethod } from '../kernel/wrap.ts';
import { JETSTREAM, type Surface } from './surface.ts';

/** The part of stream info that says under which subjects a stream stores. */
interface StreamAnswer {
  config?: { subjects?: unknown };
  streams?: { config?: { subjects?: unknown } }[];
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
            for (const { config } of [answer, ...(answer.streams ?? [])]) {
              if (Array.isArray(config?.subjects)) kernel.destinations.learnStream(config.subjects);
            }
          });
          return answer;
        },
    ),
};
