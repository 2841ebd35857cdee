import { library } from '../../tools/build/tsup.ts';

export default library({ main: 'src/main.ts', picture: 'src/picture.ts', progress: 'src/progress.ts' });
