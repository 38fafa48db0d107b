#define schedule nothing
